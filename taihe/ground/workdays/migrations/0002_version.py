from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ground_workdays", "0001_workdays")]

    operations = [
        migrations.AddField(
            model_name="workyear",
            name="version",
            field=models.PositiveIntegerField(default=0, help_text="每次改动加一，页面据此知道有没有被他人改过"),
        ),
    ]
