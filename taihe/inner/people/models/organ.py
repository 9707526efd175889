"""Organs (机构): who the county's departments, townships, stations and villages are, on any day."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from .dated import Dated, period_runs_forward

PATH_END = "/"


class OrganKind(models.TextChoices):
    SUPERIOR = "superior", "上级机关"
    PARTY_COMMITTEE = "party_committee", "党委"
    PARTY_DEPT = "party_dept", "党委部门"
    CONGRESS = "congress", "人大常委会"
    GOVERNMENT = "government", "政府"
    GOV_DEPT = "gov_dept", "政府部门"
    CPPCC = "cppcc", "政协"
    DISCIPLINE = "discipline", "纪委监委"
    COURT = "court", "法院"
    PROCURATORATE = "procuratorate", "检察院"
    MILITARY = "military", "人武部"
    MASS_ORG = "mass_org", "群团组织"
    TOWNSHIP = "township", "乡镇"
    DEV_ZONE = "dev_zone", "开发区"
    STATION = "station", "站所"
    DISPATCHED = "dispatched", "派出机构"
    VERTICAL = "vertical", "垂直管理单位"
    LEADING_GROUP = "leading_group", "领导小组"
    LEADING_GROUP_OFFICE = "leading_group_office", "领导小组办公室"
    VILLAGE = "village", "村"
    COMMUNITY = "community", "社区"
    INSTITUTION = "institution", "事业单位"
    INTERNAL_OFFICE = "internal_office", "内设机构"


class OrganSystem(models.TextChoices):
    """Each system keeps its own document series, registers and readers."""

    PARTY = "party", "党委系统"
    CONGRESS = "congress", "人大系统"
    GOVERNMENT = "government", "政府系统"
    CPPCC = "cppcc", "政协系统"
    DISCIPLINE = "discipline", "纪检监察系统"
    COURT = "court", "法院系统"
    PROCURATORATE = "procuratorate", "检察院系统"
    MILITARY = "military", "人民武装"
    MASS = "mass", "群团组织"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村（社区）"
    ENTERPRISE = "enterprise", "企业"


class OrganStatus(models.TextChoices):
    ACTIVE = "active", "在册"
    MERGED = "merged", "已并入"
    ABOLISHED = "abolished", "已撤销"


class Organ(Dated):
    """One organ under its current name; earlier names are in its events.

    `parent` is the line of administration (块), `guide_parent` the line of professional guidance or
    vertical management (条), `host` the organ a leading group's office sits in.  A subtree is all
    organs whose `path` starts with this organ's.
    """

    code = models.CharField("机构代码", max_length=40, unique=True, help_text="本系统的稳定代码，设立后不再改动")
    name = models.CharField("全称", max_length=120)
    short_name = models.CharField("简称", max_length=40, help_text="通讯录、选人和列表中显示")
    pinyin = models.CharField("拼音", max_length=200, blank=True, help_text="查找用：全拼与首字母")
    kind = models.CharField("类别", max_length=20, choices=OrganKind)
    system = models.CharField("系统", max_length=16, choices=OrganSystem)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机构"
    )
    guide_parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="guided", verbose_name="业务指导单位"
    )
    host = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="hosted", verbose_name="设置单位"
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="承接机构"
    )
    order = models.PositiveIntegerField("排序", default=0)
    path = models.CharField(
        "层级路径", max_length=400, unique=True, help_text="自顶层起各级代码，各以“/”结尾；随上级调整由系统改写"
    )
    status = models.CharField("状态", max_length=10, choices=OrganStatus, default=OrganStatus.ACTIVE)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "机构"
        ordering = ["order", "code"]
        indexes = [models.Index(fields=["parent", "order"], name="organ_children")]
        constraints = [
            period_runs_forward("organ_period"),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(successor__isnull=False), name="organ_merged_into_something"
            ),
            models.CheckConstraint(
                condition=Q(status="active") | Q(valid_to__isnull=False), name="organ_ended_has_last_day"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def path_below(self, parent: Organ | None) -> str:
        """The path this organ has under a parent (or at the top)."""
        return f"{parent.path if parent else ''}{self.code}{PATH_END}"

    def contains(self, other: Organ) -> bool:
        """Whether the other organ is this one or stands below it."""
        return other.path.startswith(self.path)

    def name_on(self, on: date) -> str:
        """The full name the organ bore on a day, even before the first recorded renaming."""
        renamings = [event for event in self.events.all() if event.before_name != event.after_name]
        renamings.sort(key=lambda event: (event.on, event.pk))
        for event in renamings:
            if on < event.on and event.before_name:
                return event.before_name
        return self.name


class OrganEventKind(models.TextChoices):
    ESTABLISHED = "established", "设立"
    RENAMED = "renamed", "更名"
    MOVED = "moved", "调整隶属"
    MERGED = "merged", "并入"
    ABOLISHED = "abolished", "撤销"


class OrganEvent(models.Model):
    """One dated change of an organ, with the names before and after."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="events")
    kind = models.CharField("事项", max_length=12, choices=OrganEventKind)
    on = models.DateField("生效日期")
    before_name = models.CharField("原名称", max_length=120, blank=True)
    after_name = models.CharField("现名称", max_length=120, blank=True)
    before_parent = models.CharField("原上级", max_length=120, blank=True)
    after_parent = models.CharField("现上级", max_length=120, blank=True)
    into = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="received_events")
    basis = models.CharField("依据", max_length=200, blank=True, help_text="批准文件的名称和文号")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_name = models.CharField("登记人", max_length=80)

    class Meta:
        verbose_name = "机构沿革"
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["organ", "on"], name="organ_event_on")]

    def __str__(self) -> str:
        return f"{self.on} {self.after_name or self.before_name}{self.get_kind_display()}"
