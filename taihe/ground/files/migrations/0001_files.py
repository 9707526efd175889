import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SecretIncident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("at", models.DateTimeField(verbose_name="发现时间")),
                ("actor_kind", models.CharField(max_length=8)),
                ("person_id", models.CharField(max_length=64)),
                ("person_name", models.CharField(max_length=80, verbose_name="上传人")),
                ("post_name", models.CharField(blank=True, max_length=120, verbose_name="岗位")),
                ("organ", models.CharField(blank=True, max_length=64)),
                ("organ_name", models.CharField(blank=True, max_length=120, verbose_name="单位")),
                ("session", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=64, verbose_name="来源地址")),
                ("owner_type", models.CharField(max_length=64, verbose_name="在何处上传")),
                ("event", models.CharField(help_text="审计中同一操作的编号", max_length=32, verbose_name="操作编号")),
            ],
            options={
                "verbose_name": "涉密标志事件",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
                ("size", models.PositiveBigIntegerField(verbose_name="字节数")),
                ("mime", models.CharField(blank=True, max_length=100, verbose_name="真实类型")),
                ("refs", models.PositiveIntegerField(default=0, verbose_name="引用数")),
                ("created_at", models.DateTimeField(verbose_name="存入时间")),
                ("idle_since", models.DateTimeField(blank=True, null=True, verbose_name="无引用起始")),
            ],
            options={
                "verbose_name": "文件内容",
                "indexes": [models.Index(condition=models.Q(("refs", 0)), fields=["idle_since"], name="blob_idle")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("idle_since__isnull", False), ("refs", 0)),
                            models.Q(("idle_since__isnull", True), ("refs__gt", 0)),
                            _connector="OR",
                        ),
                        name="blob_idle_when_unused",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="网址中的编号，无法猜测", max_length=32, unique=True, verbose_name="编号"
                    ),
                ),
                ("owner_type", models.CharField(help_text="如 people.import", max_length=64, verbose_name="所属类型")),
                ("owner_id", models.CharField(max_length=64, verbose_name="所属编号")),
                ("purpose", models.CharField(help_text="如 正文、附件、清稿", max_length=40, verbose_name="用途")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("size", models.PositiveBigIntegerField(verbose_name="字节数")),
                ("mime", models.CharField(max_length=100, verbose_name="类型")),
                ("scan", models.JSONField(default=dict, verbose_name="检查结果")),
                ("actor_kind", models.CharField(max_length=8)),
                ("person_id", models.CharField(max_length=64)),
                ("person_name", models.CharField(max_length=80, verbose_name="上传人")),
                ("post_name", models.CharField(blank=True, max_length=120, verbose_name="岗位")),
                ("organ_name", models.CharField(blank=True, max_length=120, verbose_name="单位")),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="移除时间")),
                ("removed_by", models.CharField(blank=True, max_length=200, verbose_name="移除人")),
                ("removed_reason", models.CharField(blank=True, max_length=200, verbose_name="移除原因")),
                (
                    "blob",
                    models.ForeignKey(
                        help_text="清除内容后为空",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="attachments",
                        to="ground_files.blob",
                    ),
                ),
            ],
            options={
                "verbose_name": "附件",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["owner_type", "owner_id"], name="attachment_owner"),
                    models.Index(fields=["person_id", "at"], name="attachment_person_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("removed_at__isnull", False), ("blob__isnull", False), _connector="OR"),
                        name="attachment_has_its_content",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at__isnull", True),
                            models.Q(("removed_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="attachment_removed_with_reason",
                    ),
                ],
            },
        ),
    ]
