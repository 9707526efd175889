"""The desk: front page, columns and articles as editors write them.  Nothing here is ever served to anybody.

What the public sees is baked from approvals (`models/review.py`); these rows are drafts for ever.
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page

from taihe.inner.people.models import Organ

from ..desk.locks import Unpublishable
from ..desk.page_forms import ArticleForm, ColumnForm, HomeForm
from .blocks import DownloadBlock, article_blocks, body_blocks


class DeskPage(Unpublishable, Page):
    """What all pages of the desk share: they are never published by Wagtail (see `desk/locks.py`)."""

    settings_panels: ClassVar[list[Panel]] = []
    preview_modes: ClassVar[list[tuple[str, str]]] = []
    show_in_menus_default = False

    class Meta:
        abstract = True


class PortalHome(DeskPage):
    """The front page: which articles lead it, and a notice above all (网站公告)."""

    headline = models.ForeignKey(
        "inner_portal.Article", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="头条"
    )
    slides = StreamField(article_blocks(), blank=True, max_num=6, verbose_name="轮播稿件")
    notice = models.CharField("网站公告", max_length=200, blank=True)

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["inner_portal.Column"]
    max_count = 1
    content_panels: ClassVar[list[Panel]] = [
        FieldPanel("title", classname="title"),
        FieldPanel("headline"),
        FieldPanel("slides"),
        FieldPanel("notice"),
    ]
    promote_panels: ClassVar[list[Panel]] = []
    base_form_class = HomeForm

    class Meta:
        verbose_name = "网站首页"


class Column(DeskPage):
    """A column (栏目) or a sub-site (子站) of one organ inside the one registered site.

    County departments and townships open no sites of their own (国办发〔2017〕47号): a sub-site is a
    column that names its organ.  `organ` says whose editors write here; sub-columns inherit it when empty.
    """

    class Risk(models.TextChoices):
        NORMAL = "normal", "一般（二审）"
        HIGH = "high", "重要（三审）"

    organ = models.ForeignKey(
        Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="负责单位",
        help_text="不填则随上级栏目",
    )  # fmt: skip
    description = models.CharField(
        "栏目描述", max_length=200, help_text="用于网页标签 ColumnDescription，不能照抄栏目名"
    )
    keywords = models.CharField("栏目关键词", max_length=120, help_text="用逗号分隔")
    column_type = models.CharField("栏目类别", max_length=20, help_text="网页标签 ColumnType")
    risk = models.CharField("审核级别", max_length=8, choices=Risk, default=Risk.NORMAL)
    order = models.PositiveSmallIntegerField("排序", default=0)
    in_nav = models.BooleanField("放入主导航", default=False)
    home_slot = models.CharField("首页位置", max_length=20, blank=True)
    is_channel = models.BooleanField("是子站", default=False, help_text="子站有自己的名称和颜色，网址在本站之内")
    channel_colour = models.CharField(
        "子站颜色", max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "写作 #1657b0 的形式")]
    )
    channel_intro = models.CharField("子站简介", max_length=300, blank=True)

    parent_page_types: ClassVar[list[str]] = ["inner_portal.PortalHome", "inner_portal.Column"]
    subpage_types: ClassVar[list[str]] = ["inner_portal.Column", "inner_portal.Article"]
    content_panels: ClassVar[list[Panel]] = [
        FieldPanel("title", classname="title"),
        FieldPanel("slug", help_text="网址中的一段，只用小写字母、数字和连字符；批准后不宜改动"),
        FieldPanel("organ"),
        FieldPanel("description"),
        FieldPanel("keywords"),
        FieldPanel("column_type"),
        FieldPanel("risk"),
        MultiFieldPanel([FieldPanel("order"), FieldPanel("in_nav"), FieldPanel("home_slot")], heading="位置"),
        MultiFieldPanel(
            [FieldPanel("is_channel"), FieldPanel("channel_colour"), FieldPanel("channel_intro")], heading="子站"
        ),
    ]
    promote_panels: ClassVar[list[Panel]] = []
    base_form_class = ColumnForm

    class Meta:
        verbose_name = "栏目"


class Article(DeskPage):
    """An article (稿件) with the fields of the site rules (portal handbook 1.5, 3.2).

    There is no field for the time of publication: the server sets it.  `original_pub_date` is filled
    by imports alone and shown as what it is.
    """

    class Validity(models.TextChoices):
        VALID = "有效", "有效"
        CHANGED = "已修改", "已修改"
        ABOLISHED = "废止", "废止"
        EXPIRED = "失效", "失效"

    summary = models.TextField("摘要", max_length=300, blank=True)
    keywords = models.CharField("关键词", max_length=120, blank=True, help_text="用逗号分隔")
    source = models.CharField("来源", max_length=60, help_text="本县单位，或转载白名单中的来源")
    author = models.CharField("作者", max_length=60, blank=True)
    editor = models.CharField("责任编辑", max_length=60, blank=True)
    body = StreamField(body_blocks(), blank=True, verbose_name="正文")
    lead = models.ForeignKey(
        "inner_portal.PortalImage", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="题图"
    )
    downloads = StreamField([("download", DownloadBlock())], blank=True, verbose_name="附件")
    related = StreamField(article_blocks(), blank=True, verbose_name="相关稿件")
    document_number = models.CharField("发文字号", max_length=60, blank=True)
    index_number = models.CharField("索引号", max_length=60, blank=True)
    written_on = models.DateField("成文日期", null=True, blank=True)
    validity = models.CharField("有效性", max_length=4, choices=Validity, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True, help_text="归档的稿件网址保留，页面注明已归档")
    original_pub_date = models.DateTimeField("原发布时间", null=True, blank=True, editable=False)

    parent_page_types: ClassVar[list[str]] = ["inner_portal.Column"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Panel]] = [
        FieldPanel("title", classname="title"),
        FieldPanel("source"),
        MultiFieldPanel([FieldPanel("author"), FieldPanel("editor")], heading="署名"),
        FieldPanel("body"),
        FieldPanel("lead"),
        FieldPanel("downloads"),
        FieldPanel("summary"),
        FieldPanel("keywords"),
        FieldPanel("related"),
        MultiFieldPanel(
            [
                FieldPanel("document_number"),
                FieldPanel("index_number"),
                FieldPanel("written_on"),
                FieldPanel("validity"),
                FieldPanel("archived_on"),
            ],
            heading="公开信息",
        ),
    ]
    promote_panels: ClassVar[list[Panel]] = []
    base_form_class = ArticleForm

    class Meta:
        verbose_name = "稿件"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._name()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        self._name()
        super().minimal_clean()

    def _name(self) -> None:
        """The address of an article is its number; the slug is only Wagtail's own key among siblings."""
        if not self.slug:  # type: ignore[has-type]
            self.slug = f"a{secrets.token_hex(6)}"
