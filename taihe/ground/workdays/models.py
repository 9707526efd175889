"""The announced calendar as rows: years that stand, and the days in them that are not as the week has them."""

from __future__ import annotations

from django.db import models


class WorkYear(models.Model):
    """One year somebody has looked at; a year without a row is wholly estimated."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    confirmed = models.BooleanField("已按通知确认", default=False)
    source = models.CharField("依据", max_length=200, blank=True, help_text="放假安排通知的名称或文号")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True, help_text="姓名和岗位的副本")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="每次改动加一，页面据此知道有没有被他人改过")
    stamp = models.CharField(max_length=32, help_text="每次改动换一个值，各进程据此知道该重读")

    class Meta:
        verbose_name = "工作日历年份"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}年工作日历"


class WorkDay(models.Model):
    """One day named by an announcement: a day off, or a weekend day worked instead (调休)."""

    date = models.DateField("日期", unique=True)
    is_work = models.BooleanField("上班")
    name = models.CharField("名称", max_length=60, blank=True, help_text="如 国庆节、调休上班")
    source = models.CharField("依据", max_length=200)
    confirmed = models.BooleanField("已按通知确认", default=False)

    class Meta:
        verbose_name = "工作日历特定日"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {'上班' if self.is_work else '休息'}"
