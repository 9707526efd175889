"""The books: registers, their yearly volumes, and one row for every number ever taken."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .numbering import DOCUMENT, written
from .states import HELD, Status

CONTINUOUS = 0  # the "year" of a register that never restarts


class Register(models.Model):
    """One series of numbers of one organ."""

    key = models.CharField("键", max_length=64, unique=True, help_text="程序中的名称，如 documents.341222-ZF01.太政办")
    title = models.CharField("名称", max_length=80, help_text="如 县政府办公室发文登记簿")
    series = models.CharField("代字", max_length=40, help_text="如 太政办")
    format = models.CharField("编号格式", max_length=80, default=DOCUMENT)
    yearly = models.BooleanField("按年编号", default=True, help_text="每年1月1日从1号起；否则连续编号")
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "登记簿"
        ordering = ["key"]
        constraints = [
            # Two books that write the same text would give one number to two papers.
            models.UniqueConstraint(fields=["series", "format"], name="register_writes_its_own_numbers"),
        ]

    def __str__(self) -> str:
        return self.title

    def written(self, year: int, number: int) -> str:
        """One of its numbers as written on paper."""
        return written(self.format, series=self.series, year=year, number=number)


class Volume(models.Model):
    """One year of a register and how far it has got; the count, not the rows, tells that none was removed."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="volumes")
    year = models.PositiveSmallIntegerField("年份", help_text="连续编号的登记簿为0")
    last = models.PositiveIntegerField("已编到", default=0)

    class Meta:
        verbose_name = "登记簿年册"
        constraints = [models.UniqueConstraint(fields=["register", "year"], name="register_volume")]

    def __str__(self) -> str:
        return f"{self.register_id}/{self.year}"


class Entry(models.Model):
    """One number and what became of it; copies, so that it reads true when subject and people are gone."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="entries")
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("顺序号")
    text = models.CharField("编号", max_length=120, help_text="编号全文")
    status = models.CharField("状态", max_length=9, choices=Status)
    subject_type = models.CharField(max_length=64, blank=True)
    subject_id = models.CharField(max_length=128, blank=True)
    subject_title = models.CharField("标题", max_length=255, blank=True)
    purpose = models.CharField("预留用途", max_length=200, blank=True)
    expires_on = models.DateField("预留至", null=True, blank=True, help_text="含当日")
    reserved_by = models.CharField("预留人", max_length=200, blank=True)
    reserved_at = models.DateTimeField("预留时间", null=True, blank=True)
    allocated_by = models.CharField("编号人", max_length=200, blank=True)
    allocated_at = models.DateTimeField("编号时间", null=True, blank=True)
    backdated = models.CharField("补编原因", max_length=200, blank=True, help_text="在下一年补编上年编号的原因")
    issued_by = models.CharField("印发人", max_length=200, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    dated = models.DateField("成文日期", null=True, blank=True)
    voided_by = models.CharField("作废人", max_length=200, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "登记编号"
        ordering = ["register", "year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["register", "year", "number"], name="entry_number_once"),
            models.UniqueConstraint(
                fields=["register", "subject_type", "subject_id"],
                condition=Q(status__in=[str(one) for one in HELD]),
                name="entry_subject_once",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="entry_number_from_one"),
            models.CheckConstraint(condition=~Q(status="void") | ~Q(reason=""), name="entry_void_has_reason"),
            models.CheckConstraint(
                condition=~Q(status="reserved") | (~Q(purpose="") & Q(expires_on__isnull=False)),
                name="entry_reserved_for_something",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["allocated", "issued"]) | (~Q(subject_type="") & ~Q(subject_id="")),
                name="entry_held_by_something",
            ),
            models.CheckConstraint(
                condition=~Q(status="issued") | Q(issued_at__isnull=False, dated__isnull=False),
                name="entry_issued_is_dated",
            ),
        ]
        indexes = [
            models.Index(F("expires_on"), condition=Q(status="reserved"), name="entry_reserved"),
            models.Index(fields=["subject_type", "subject_id"], name="entry_subject"),
        ]

    def __str__(self) -> str:
        return self.text
