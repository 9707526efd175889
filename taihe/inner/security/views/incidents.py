"""涉密标志事件: what may be kept of a refused file, who brought it, and what was done about it."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground.actor import Actor
from taihe.ground.files.models import SecretIncident
from taihe.ground.files.queries import find_incident, incidents, is_intact
from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.ui import parts
from taihe.ground.ui.marks import size
from taihe.inner.people.views.common import FormPage, answer_form, laid_out

from ..actions import close_incident
from ..incidents import HANDLE
from ..tables import IncidentTable, place_of
from .common import crumbs, need

HERE = ("涉密标志事件", "security:incidents")


class ClosingForm(SafeFormMixin, forms.Form):
    """What was done about an incident."""

    form_title = "处置涉密标志事件"
    words = forms.CharField(
        label="处置情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="如核实经过、清除情况、报告何处，不少于 4 个字。提交后不能修改；不得写入文件的标题和内容。",
    )


def listing(request: HttpRequest) -> HttpResponse:
    """涉密标志事件."""
    need(request, HANDLE)
    done = request.GET.get("state") == "done"
    table = laid_out(request, IncidentTable(incidents(closed=done)))
    waiting = incidents(closed=False).count()
    tabs = [
        parts.Tab("待处置", reverse("security:incidents"), waiting, not done),
        parts.Tab("已处置", "?state=done", None, done),
    ]
    return render(request, "inner_security/incidents.html", {"table": table, "tabs": tabs})


def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident, and its handling."""
    actor = need(request, HANDLE)
    one = find_incident(pk)
    page = FormPage(
        f"涉密标志事件 {one.pk}",
        "完成处置",
        reverse("security:incidents"),
        crumbs(*HERE),
        help="系统拒收带有密级标志的文件，只保留摘要、上传人、时间和来源；文件名和内容不保存、不显示。",
        panel="处置",
        facts=_facts(one),
        stops=_stops(actor, one),
        template="inner_security/incident.html",
    )
    if request.method != "POST" and hasattr(one, "closing"):
        return render(request, page.template, {"page": page, "closed": True})
    form = ClosingForm(request.POST or None, request=request)
    return answer_form(
        request,
        page,
        form,
        lambda who: close_incident(who, pk, words=form.cleaned_data["words"]),
        to=lambda _: reverse("security:incidents"),
        done="处置情况已记录。",
    )


def _stops(actor: Actor, one: SecretIncident) -> list[str]:
    own = (one.actor_kind, one.person_id) == (actor.kind, actor.person_id)
    return ["该文件由您本人上传，须由另一名安全管理员处置。"] if own else []


def _facts(one: SecretIncident) -> list[parts.Detail]:
    sealed = "与审计记录一致" if is_intact(one) else "与审计记录不一致：内容可能被改动，请立即核验审计链。"
    facts = [
        parts.Detail("发现时间", one.at),
        parts.Detail("标志", one.marks or "未记录"),
        parts.Detail("上传人", one.person_name),
        parts.Detail("岗位", f"{one.organ_name} {one.post_name}".strip() or "—"),
        parts.Detail("在何处上传", place_of(one)),
        parts.Detail("来源地址", one.address or "—"),
        parts.Detail("文件大小", str(size(one.size))),
        parts.Detail("操作编号", one.event),
        parts.Detail("文件摘要", one.sha256, wide=True),
        parts.Detail("记录核验", sealed, wide=True),
    ]
    closing = getattr(one, "closing", None)
    if closing is not None:
        facts += [
            parts.Detail("处置人", closing.person_name),
            parts.Detail("处置时间", closing.at),
            parts.Detail("处置情况", closing.words, wide=True),
        ]
    return facts
