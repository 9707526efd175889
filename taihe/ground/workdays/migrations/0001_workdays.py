from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="WorkDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="日期")),
                ("is_work", models.BooleanField(verbose_name="上班")),
                (
                    "name",
                    models.CharField(blank=True, help_text="如 国庆节、调休上班", max_length=60, verbose_name="名称"),
                ),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
                ("confirmed", models.BooleanField(default=False, verbose_name="已按通知确认")),
            ],
            options={
                "verbose_name": "工作日历特定日",
                "ordering": ["date"],
            },
        ),
        migrations.CreateModel(
            name="WorkYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="年份")),
                ("confirmed", models.BooleanField(default=False, verbose_name="已按通知确认")),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="放假安排通知的名称或文号", max_length=200, verbose_name="依据"
                    ),
                ),
                (
                    "confirmed_by",
                    models.CharField(blank=True, help_text="姓名和岗位的副本", max_length=200, verbose_name="确认人"),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("stamp", models.CharField(help_text="每次改动换一个值，各进程据此知道该重读", max_length=32)),
            ],
            options={
                "verbose_name": "工作日历年份",
                "ordering": ["year"],
            },
        ),
    ]
