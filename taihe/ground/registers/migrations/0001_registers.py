import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="程序中的名称，如 documents.341222-ZF01.太政办",
                        max_length=64,
                        unique=True,
                        verbose_name="键",
                    ),
                ),
                ("title", models.CharField(help_text="如 县政府办公室发文登记簿", max_length=80, verbose_name="名称")),
                ("series", models.CharField(help_text="如 太政办", max_length=40, verbose_name="代字")),
                (
                    "format",
                    models.CharField(default="{series}〔{year}〕{number}号", max_length=80, verbose_name="编号格式"),
                ),
                (
                    "yearly",
                    models.BooleanField(
                        default=True, help_text="每年1月1日从1号起；否则连续编号", verbose_name="按年编号"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "登记簿",
                "ordering": ["key"],
                "constraints": [
                    models.UniqueConstraint(fields=("series", "format"), name="register_writes_its_own_numbers")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("number", models.PositiveIntegerField(verbose_name="顺序号")),
                ("text", models.CharField(help_text="编号全文", max_length=120, verbose_name="编号")),
                (
                    "status",
                    models.CharField(
                        choices=[("reserved", "预留"), ("allocated", "已编号"), ("issued", "已印发"), ("void", "作废")],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("subject_type", models.CharField(blank=True, max_length=64)),
                ("subject_id", models.CharField(blank=True, max_length=128)),
                ("subject_title", models.CharField(blank=True, max_length=255, verbose_name="标题")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="预留用途")),
                ("expires_on", models.DateField(blank=True, help_text="含当日", null=True, verbose_name="预留至")),
                ("reserved_by", models.CharField(blank=True, max_length=200, verbose_name="预留人")),
                ("reserved_at", models.DateTimeField(blank=True, null=True, verbose_name="预留时间")),
                ("allocated_by", models.CharField(blank=True, max_length=200, verbose_name="编号人")),
                ("allocated_at", models.DateTimeField(blank=True, null=True, verbose_name="编号时间")),
                (
                    "backdated",
                    models.CharField(
                        blank=True, help_text="在下一年补编上年编号的原因", max_length=200, verbose_name="补编原因"
                    ),
                ),
                ("issued_by", models.CharField(blank=True, max_length=200, verbose_name="印发人")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="印发时间")),
                ("dated", models.DateField(blank=True, null=True, verbose_name="成文日期")),
                ("voided_by", models.CharField(blank=True, max_length=200, verbose_name="作废人")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="作废原因")),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="ground_registers.register",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记编号",
                "ordering": ["register", "year", "number"],
                "indexes": [
                    models.Index(
                        models.F("expires_on"), condition=models.Q(("status", "reserved")), name="entry_reserved"
                    ),
                    models.Index(fields=["subject_type", "subject_id"], name="entry_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("register", "year", "number"), name="entry_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["allocated", "issued"])),
                        fields=("register", "subject_type", "subject_id"),
                        name="entry_subject_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="entry_number_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "void"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="entry_void_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "reserved"), _negated=True),
                            models.Q(models.Q(("purpose", ""), _negated=True), ("expires_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_reserved_for_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["allocated", "issued"]), _negated=True),
                            models.Q(
                                models.Q(("subject_type", ""), _negated=True),
                                models.Q(("subject_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="entry_held_by_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "issued"), _negated=True),
                            models.Q(("dated__isnull", False), ("issued_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_issued_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Volume",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(help_text="连续编号的登记簿为0", verbose_name="年份")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="已编到")),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="volumes",
                        to="ground_registers.register",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记簿年册",
                "constraints": [models.UniqueConstraint(fields=("register", "year"), name="register_volume")],
            },
        ),
    ]
