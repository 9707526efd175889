"""Posts (岗位): what signs, reviews and receives; people come and go, the post's record stays."""

from __future__ import annotations

from django.db import models

from .dated import Dated, period_runs_forward
from .organ import Organ


class Post(Dated):
    """One post of an organ, held by at most `max_holders` persons at a time."""

    class Rank(models.TextChoices):
        COUNTY_LEAD = "county_lead", "县领导"
        DEPT_LEAD = "dept_lead", "部门、乡镇主要负责人"
        DEPUTY = "deputy", "部门、乡镇分管负责人"
        SECTION_HEAD = "section_head", "股室、站所负责人"
        CLERK = "clerk", "工作人员"
        VILLAGE = "village", "村（社区）干部"

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="posts", verbose_name="机构")
    title = models.CharField("岗位名称", max_length=60)
    rank = models.CharField("层级", max_length=16, choices=Rank, default=Rank.CLERK)
    order = models.PositiveSmallIntegerField("排序", default=0)
    duties = models.JSONField(
        "职责", default=list, blank=True, help_text="如 signer、document_clerk：用于找到承办的岗位，本身不带来任何权限"
    )
    max_holders = models.PositiveSmallIntegerField("任职人数上限", default=1)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "岗位"
        ordering = ["organ", "order", "id"]
        constraints = [
            period_runs_forward("post_period"),
            models.UniqueConstraint(
                fields=["organ", "title"], condition=models.Q(valid_to__isnull=True), name="post_title_once_in_organ"
            ),
            models.CheckConstraint(condition=models.Q(max_holders__gte=1), name="post_holds_someone"),
        ]

    def __str__(self) -> str:
        return self.title
