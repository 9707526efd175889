"""A record with a version; its own registry keeps it out of the zones' app lists."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import models

registry = Apps()


class Notice(models.Model):
    """One notice that several officers may edit."""

    title = models.CharField("标题", max_length=50)
    urgency = models.CharField("缓急", max_length=3, choices=[("no", "平件"), ("yes", "加急")], default="no")
    public = models.BooleanField("公开", default=True)
    day = models.DateField("日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        apps = registry
        app_label = "formsafety_tests"
        verbose_name = "通知"

    def __str__(self) -> str:
        return self.title
