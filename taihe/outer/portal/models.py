"""What the outer zone remembers of the signed pages: the highest release, withdrawals, and what was found changed."""

from __future__ import annotations

from django.db import models


class PortalState(models.Model):
    """One row: how far the site has come.  It proves itself by the signed manifest it holds."""

    highest = models.BigIntegerField(default=0, help_text="highest release number ever accepted")
    manifest = models.BinaryField(default=bytes, help_text="its manifest, zlib: the row's own witness")
    signature = models.BinaryField(default=bytes)
    accepted_at = models.DateTimeField(null=True)
    served = models.BigIntegerField(default=0, help_text="release the public sees")
    served_at = models.DateTimeField(null=True)
    asked = models.CharField(max_length=64, blank=True, help_text="digest of what the inner zone was last asked for")
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="outer_portal_state_one_row"),)

    def __str__(self) -> str:
        return f"第 {self.served} 号发布"


class Tombstone(models.Model):
    """A signed notice of withdrawal: its paths are hidden in every release up to `after`."""

    serial = models.BigIntegerField(unique=True)
    after = models.BigIntegerField(help_text="newest release when the pages were withdrawn")
    paths = models.JSONField()
    notice = models.BinaryField(help_text="the signed bytes, from which the files on both copies are restored")
    signature = models.BinaryField()
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ("serial",)

    def __str__(self) -> str:
        return f"撤稿通知 {self.serial}"


class TamperEvent(models.Model):
    """Something on the disk, or in the row above, that was not what was signed."""

    class Kind(models.TextChoices):
        CHANGED = "changed", "内容被改动"
        MISSING = "missing", "文件缺失"
        UNKNOWN = "unknown", "多出文件"
        LINK = "link", "被换成链接"
        MODE = "mode", "权限或属主被改"
        CURRENT = "current", "发布指向被改"
        ROW = "row", "数据库记录被改"
        REFUSED = "refused", "发布包被拒绝"
        CHAIN = "chain", "发布次序不相接"

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    copy = models.CharField(max_length=10, blank=True, help_text="a or b; empty for what concerns neither")
    path = models.CharField(max_length=500)
    healed = models.BooleanField()
    event = models.CharField(max_length=32, help_text="the audit entry under which it was recorded")

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.path}"
