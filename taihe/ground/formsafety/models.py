"""Keys that were used, and forms set aside while their author signs in again."""

from __future__ import annotations

import uuid

from django.db import models


class OneTimeKey(models.Model):
    """One form that was carried out.  No row stands for a key that was only handed out."""

    key = models.CharField(max_length=64, unique=True)
    form = models.CharField(max_length=100, help_text="表单名称")
    person_id = models.CharField(max_length=64, help_text="提交人编号（复制，不是外键）")
    used_at = models.DateTimeField(db_index=True)
    location = models.CharField(max_length=500, blank=True, help_text="第一次提交的结果所在地址")

    class Meta:
        verbose_name = "已用的表单编号"

    def __str__(self) -> str:
        return f"{self.form} {self.key}"


class ParkedForm(models.Model):
    """What a person had typed when the session ended, readable only with the browser's own token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, db_index=True, help_text="浏览器所持令牌的摘要；令牌本身不入库")
    owner = models.CharField(max_length=32, blank=True, help_text="打开表单的人的摘要；公众表单为空")
    form = models.CharField(max_length=100, help_text="表单名称")
    title = models.CharField(max_length=120, blank=True, help_text="给本人看的表单标题")
    page = models.CharField(max_length=1000, help_text="表单所在页面")
    key = models.CharField(max_length=64, help_text="表单的一次性编号，恢复后沿用，防止重复办理")
    issued_at = models.DateTimeField(help_text="表单编号的发出时间")
    sealed = models.TextField(help_text="加密内容")
    size = models.PositiveIntegerField(help_text="加密内容的长度（字节）")
    parked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "暂存的表单"
        constraints = [models.UniqueConstraint(fields=["token_digest", "key"], name="parked_once_per_browser")]
        indexes = [models.Index(fields=["key"], name="parked_by_key")]

    def __str__(self) -> str:
        return self.title or self.form
