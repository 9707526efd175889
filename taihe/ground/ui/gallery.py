"""The gallery of parts: every component on a page, for those who draw pages and for the tests.

Zones include `urlpatterns` only in demo and test; the data is invented.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import RequestConfig

from taihe.ground import errors

from . import gallery_data as data
from . import marks, nav, refusals
from .tables import (
    DueColumn,
    GovTable,
    MomentColumn,
    PickColumn,
    StatusColumn,
    TitleColumn,
    UrgencyColumn,
    export,
    wants_export,
)  # fmt: skip
from .widgets import PickMany, PickOne

ORGANS = (
    ("政府工作部门", (("1", "县政府办公室"), ("2", "县发展和改革委员会"), ("3", "县财政局"), ("4", "县应急管理局"),
                 ("5", "县水利局"), ("6", "县农业农村局"), ("7", "县住房和城乡建设局"))),
    ("乡镇", (("21", "城关镇人民政府"), ("22", "旧县镇人民政府"), ("23", "双浮镇人民政府"), ("24", "桑营镇人民政府"))),
)  # fmt: skip
URGENCIES = (("", "全部缓急"), ("特急", "特急"), ("加急", "加急"), ("平件", "平件"))
KINDS = (("", "全部类型"), ("发文", "发文"), ("收文", "收文"))


class FilterForm(forms.Form):
    """Filter of the sample work list."""

    q = forms.CharField(
        label="标题", required=False, widget=forms.TextInput(attrs={"placeholder": "标题或文号", "type": "search"})
    )
    kind = forms.ChoiceField(label="类型", required=False, choices=KINDS)
    urgency = forms.ChoiceField(label="缓急", required=False, choices=URGENCIES)


class SampleForm(forms.Form):
    """One field of every sort."""

    title = forms.CharField(label="标题", max_length=100, help_text="不超过 100 个字，不加书名号以外的标点。")
    number = forms.CharField(label="来文字号", required=False)
    urgency = forms.ChoiceField(label="缓急", choices=URGENCIES[1:])
    received_on = forms.DateField(label="收文日期", widget=forms.DateInput(attrs={"type": "date"}))
    copies = forms.IntegerField(label="份数", min_value=1, initial=1)
    handler = forms.ChoiceField(label="承办单位", choices=[("", "请选择"), *ORGANS], widget=PickOne())
    summary = forms.CharField(label="内容摘要", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    openness = forms.ChoiceField(
        label="公开属性",
        choices=(("a", "主动公开"), ("b", "依申请公开"), ("c", "不予公开")),
        widget=forms.RadioSelect,
        help_text="不予公开的须写明依据。",
    )
    readers = forms.MultipleChoiceField(label="分送单位", choices=ORGANS, widget=PickMany())
    attachment = forms.FileField(label="附件", required=False, help_text="单个文件不超过 50 MB。请勿上传涉密文件。")
    remind = forms.BooleanField(label="到期前提醒", required=False)


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = forms.CharField(label="撤回原因", widget=forms.Textarea(attrs={"rows": 2}))


class SignInForm(forms.Form):
    """A sample of the plain page."""

    account = forms.CharField(label="账号")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)


class WorkTable(GovTable):
    """The sample work list."""

    pick = PickColumn(accessor="pk", form="batch")
    urgency = UrgencyColumn(verbose_name="缓急")
    title = TitleColumn(verbose_name="标题", orderable=False)
    kind = tables.Column(verbose_name="类型", orderable=False)
    node = StatusColumn(verbose_name="当前环节", orderable=False, tones={"承办": "warn", "签发": "ok"})
    organ = tables.Column(verbose_name="来文（拟稿）单位", orderable=False)
    arrived_at = MomentColumn(verbose_name="送达时间")
    due_at = DueColumn(verbose_name="办理时限")
    gov_caption = "待办事项"
    gov_export = True

    class Meta(GovTable.Meta):
        row_attrs: ClassVar[dict[str, Any]] = {"class": lambda record: "gv-unread" if record["unread"] else ""}

    def render_title(self, value: str, record: dict[str, Any]) -> SafeString:
        """The title, with the document's number after it."""
        return format_html('<a href="#gv-main">{}</a><span class="gv-sub">{}</span>', value, record["number"])


def _draw(request: HttpRequest, name: str, zone: str = nav.INNER, **known: Any) -> HttpResponse:
    return render(request, f"gov/gallery/{name}.html", {"shell": data.SampleShell(request, zone), **known})


def _form(request: HttpRequest) -> SampleForm:
    if request.GET.get("bad"):
        return SampleForm({"title": "<b>关于……的通知</b>", "copies": "0", "urgency": "特急", "openness": "a"})
    return SampleForm()


def _filter(request: HttpRequest) -> FilterForm:
    return FilterForm(request.GET or None, auto_id="filter_%s")


def _table(request: HttpRequest) -> WorkTable:
    table = WorkTable(data.worklist())
    RequestConfig(request, paginate={"per_page": 15, "paginator_class": Paginator}).configure(table)
    return table


def parts(request: HttpRequest) -> HttpResponse:
    """Every part on one long page."""
    messages.success(request, "已保存。文号演〔2026〕120号已预留。")
    messages.warning(request, "本年度日历尚未公布，办理时限暂按推算。")
    here = request.path
    return _draw(
        request, "parts", form=_form(request), filter_form=_filter(request), page_obj=data.page(request),
        tabs=data.tabs(here), steps=data.steps(), opinions=data.countersigns(), records=data.records(),
        files=data.files(here), report=data.report(here), details=data.details(), tones=marks.TONES,
        tiles=data.tiles(here), branches=data.branches(here),
        urgencies=("特提", "特急", "加急", "平急", "平件"), dues=[row["due_at"] for row in data.worklist()[:7]],
    )  # fmt: skip


def worklist(request: HttpRequest) -> HttpResponse:
    """A list page as the office sees it all day."""
    table = _table(request)
    if wants_export(request):
        return export(table, "待办事项")
    return _draw(
        request,
        "worklist",
        table=table,
        tabs=data.tabs(request.path),
        filter_form=_filter(request),
    )


def document(request: HttpRequest) -> HttpResponse:
    """A document under way."""
    return _draw(
        request, "document", nav_key="发文拟稿", steps=data.steps(), opinions=data.countersigns(),
        records=data.records(), files=data.files(request.path), drafted=data.countersigns()[0].at,
    )  # fmt: skip


def form(request: HttpRequest) -> HttpResponse:
    """A form; ``?bad=1`` shows it refused."""
    return _draw(request, "form", nav_key="收文登记", form=_form(request))


def confirm(request: HttpRequest) -> HttpResponse:
    """A confirm page."""
    known = {"shell": data.SampleShell(request, nav.INNER), "confirm": data.confirm(request.path), "form": ReasonForm()}
    return render(request, "gov/confirm.html", known)


def plain(request: HttpRequest) -> HttpResponse:
    """The page without a menu."""
    return _draw(request, "plain", form=SignInForm())


def public(request: HttpRequest) -> HttpResponse:
    """The public side: a home page made of its parts."""
    return _draw(request, "outer", nav.OUTER)


def public_form(request: HttpRequest) -> HttpResponse:
    """The public side: a page of an application."""
    return _draw(
        request, "outer_form", nav.OUTER, form=_form(request), steps=data.steps()[:6], records=data.records(),
        files=data.files(request.path),
    )  # fmt: skip


class SampleRefusal(errors.CountyError):
    """Any status with neutral sentences."""

    code = "ui.sample"


def refusal(request: HttpRequest, status: int) -> HttpResponse:
    """Each refusal as people meet it."""
    known: dict[int, errors.CountyError] = {
        403: errors.NotAllowed(what="公文签发"),
        404: refusals.NotFound(),
        409: errors.StaleVersion(what="这份公文"),
        422: errors.BadInput(what="“份数”须为不小于 1 的整数。"),
        500: refusals.Broken(),
        503: errors.BadSetup(what="短信网关没有配置。", fix="请联系系统管理员。"),
    }
    error = known.get(status, SampleRefusal())
    return refusals.standalone_response(error) if status == 500 else refusals.refusal_response(request, error)


urlpatterns = [
    path("", parts, name="ui_gallery"),
    path("worklist/", worklist, name="ui_gallery_worklist"),
    path("document/", document, name="ui_gallery_document"),
    path("form/", form, name="ui_gallery_form"),
    path("confirm/", confirm, name="ui_gallery_confirm"),
    path("plain/", plain, name="ui_gallery_plain"),
    path("outer/", public, name="ui_gallery_outer"),
    path("outer/form/", public_form, name="ui_gallery_outer_form"),
    path("refusal/<int:status>/", refusal, name="ui_gallery_refusal"),
]
for pattern in urlpatterns:
    login_not_required(pattern.callback)  # the data is invented, and designers have no account
