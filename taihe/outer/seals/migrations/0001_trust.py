from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="TrustData",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issued_at", models.DateTimeField(verbose_name="截至时间")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("provider", models.CharField(max_length=80, verbose_name="签章服务")),
                ("certified", models.BooleanField(default=False, verbose_name="经认证的签章服务")),
                ("roots", models.JSONField(default=list, verbose_name="根证书")),
                ("revocation_lists", models.JSONField(default=list, verbose_name="吊销清单")),
            ],
            options={
                "verbose_name": "核验资料",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="outer_seals_trust_one_row")
                ],
            },
        ),
    ]
