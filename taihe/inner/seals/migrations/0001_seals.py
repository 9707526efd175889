import django.db.models.deletion
from django.db import migrations, models

from taihe.ground.audit.triggers import drop, install

LOG = "inner_seals_sealuse"


def forwards(apps, editor):
    install(editor.connection, LOG)


def backwards(apps, editor):
    drop(editor.connection, LOG)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("inner_people", "0010_signin"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(help_text="自该日起生效，含当日", verbose_name="起始日期")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="至该日仍有效，次日失效；空为至今", null=True, verbose_name="截止日期"
                    ),
                ),
                ("organ_name", models.CharField(help_text="制发时的全称", max_length=120, verbose_name="单位名称")),
                (
                    "title",
                    models.CharField(help_text="印面文字，与公文署名一致", max_length=120, verbose_name="印章名称"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("official", "公章"), ("office", "办公室印章"), ("special", "业务专用章")],
                        default="official",
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "width_mm",
                    models.DecimalField(decimal_places=1, default=42, max_digits=4, verbose_name="直径（毫米）"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "在用"), ("suspended", "停用"), ("destroyed", "已销毁")],
                        default="active",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=300, verbose_name="停用或销毁原因")),
                ("provider", models.CharField(max_length=40, verbose_name="签章服务")),
                ("certified", models.BooleanField(default=False, verbose_name="经认证的签章服务")),
                (
                    "serial",
                    models.CharField(help_text="十六进制", max_length=64, unique=True, verbose_name="现用证书序号"),
                ),
                ("made_at", models.DateTimeField(verbose_name="制发时间")),
                ("made_by_id", models.CharField(max_length=64)),
                ("made_by_name", models.CharField(max_length=80, verbose_name="制发人")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="制发依据")),
                ("destroy_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="提出销毁时间")),
                ("destroy_asked_by_id", models.CharField(blank=True, max_length=64)),
                ("destroy_asked_by_name", models.CharField(blank=True, max_length=80, verbose_name="提出销毁人")),
                ("destroyed_at", models.DateTimeField(blank=True, null=True, verbose_name="销毁时间")),
                ("destroyed_by_name", models.CharField(blank=True, max_length=80, verbose_name="确认销毁人")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inner_people.organ",
                        verbose_name="用印单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "印章",
                "ordering": ["organ__order", "organ_id", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SealCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40, verbose_name="签章服务")),
                ("serial", models.CharField(help_text="十六进制", max_length=64, unique=True, verbose_name="证书序号")),
                ("certificate", models.BinaryField(verbose_name="证书（DER）")),
                ("not_before", models.DateTimeField(verbose_name="生效时间")),
                ("not_after", models.DateTimeField(verbose_name="到期时间")),
                ("issued_at", models.DateTimeField(verbose_name="签发时间")),
                ("issued_by_name", models.CharField(max_length=80, verbose_name="经办人")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="吊销时间")),
                ("revoked_reason", models.CharField(blank=True, max_length=300, verbose_name="吊销原因")),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="inner_seals.seal"
                    ),
                ),
            ],
            options={
                "verbose_name": "印章证书",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SealUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seal_title", models.CharField(max_length=120, verbose_name="印章名称")),
                ("organ_name", models.CharField(max_length=120, verbose_name="单位名称")),
                ("at", models.DateTimeField(verbose_name="用印时间")),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="文号")),
                ("title", models.CharField(max_length=300, verbose_name="事由")),
                ("copies", models.PositiveIntegerField(default=1, verbose_name="份数")),
                ("approved_by", models.CharField(max_length=80, verbose_name="批准人")),
                ("used_by_id", models.CharField(max_length=64)),
                ("used_by_name", models.CharField(max_length=80, verbose_name="用印人")),
                ("used_by_post", models.CharField(blank=True, max_length=120, verbose_name="用印人岗位")),
                ("sha256_before", models.CharField(max_length=64, verbose_name="用印前摘要")),
                ("sha256_after", models.CharField(max_length=64, verbose_name="用印后摘要")),
                ("serial", models.CharField(max_length=64, verbose_name="证书序号")),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inner_people.organ",
                        verbose_name="用印单位",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="inner_seals.seal"
                    ),
                ),
            ],
            options={
                "verbose_name": "用印登记",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["organ", "state"], name="seal_of_organ"),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="seal_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "destroyed"), _negated=True),
                fields=("organ", "kind", "title"),
                name="seal_once_per_organ",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("destroyed_at__isnull", False), ("state", "destroyed")),
                    models.Q(models.Q(("state", "destroyed"), _negated=True), ("destroyed_at__isnull", True)),
                    _connector="OR",
                ),
                name="seal_destroyed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("destroy_asked_at__isnull", True), models.Q(("state", "active"), _negated=True), _connector="OR"
                ),
                name="seal_to_be_destroyed_is_not_used",
            ),
        ),
        migrations.AddIndex(
            model_name="sealuse",
            index=models.Index(fields=["organ", "-at"], name="sealuse_of_organ"),
        ),
        migrations.AddIndex(
            model_name="sealuse",
            index=models.Index(fields=["sha256_after"], name="sealuse_known_original"),
        ),
        migrations.AddIndex(
            model_name="sealuse",
            index=models.Index(fields=["subject_type", "subject_id"], name="sealuse_of_subject"),
        ),
        migrations.AddConstraint(
            model_name="sealuse",
            constraint=models.UniqueConstraint(fields=("seal", "sha256_after"), name="sealuse_once_per_paper"),
        ),
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
