"""制发、停用、启用、换发、销毁, each a form of its own that says what will happen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from taihe.ground import access, clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.ui import parts
from taihe.inner.people.permissions import require, scopes_of
from taihe.inner.people.views.common import FormPage, answer_form, version_of

from .. import queries
from ..actions import issuing
from ..errors import SamePerson, WrongState
from ..forms import EmptyForm, IssueForm, ReasonForm
from ..models import Seal
from ..provider import provider
from ..rights import MANAGE
from ..tables import period
from .seals import ROOT

SPOILS_NOTHING = "此前已经加盖的文件不受影响，核验仍以签章时间为准。"


def _seal(request: HttpRequest, pk: int) -> tuple[Actor, Seal]:
    """The asker and the seal he manages.  Raises NotAllowed or Missing."""
    actor = access.actor_of(request)
    if not scopes_of(actor, MANAGE):
        raise NotAllowed(what="制发、停用和销毁印章")
    row = queries.seal_for_reading(actor, pk)
    require(actor, MANAGE, row.organ)
    return actor, row


def _address(row: Seal) -> str:
    return reverse("seals:seal", args=[row.pk])


def _page(
    row: Seal, title: str, effects: list[str], *, danger: bool = False, stops: list[str] | None = None
) -> FormPage:
    facts = [
        parts.Detail("印章名称", row.title),
        parts.Detail("用印单位", row.organ_name),
        parts.Detail("有效期", period(row)),
    ]
    return FormPage(
        title, title, _address(row), [ROOT, (row.title, _address(row))], facts=facts, effects=effects,
        danger=danger, stops=stops or [], panel="办理意见",
    )  # fmt: skip


def issue(request: HttpRequest) -> HttpResponse:
    """制发印章."""
    actor = access.actor_of(request)
    require(actor, MANAGE)
    form = IssueForm(request.POST or None, request=request, paths=scopes_of(actor, MANAGE), today=clock.today())
    effects = ["生成该印章的签名密钥和证书，单位的印章管理员即可用印。", "印章状态通知外网核验页。"]
    if not provider().certified:
        effects.append("制发的是样章：不是符合 GB/T 38540 的电子印章，只用于演练，不具有法律效力。")
    page = FormPage("制发印章", "制发", ROOT[1], [ROOT], effects=effects, panel="印章信息")
    return answer_form(
        request,
        page,
        form,
        lambda who: issuing.issue(
            who,
            organ_pk=form.cleaned_data["organ"],
            **{key: value for key, value in form.cleaned_data.items() if key != "organ"},
        ),
        to=_address,
        done="印章已制发。",
    )


def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """停用."""
    _, row = _seal(request, pk)
    form = ReasonForm(request.POST or None, request=request, row=row)
    page = _page(row, "停用印章", ["立即不能用印，正在办理的用印随之停下。", SPOILS_NOTHING])
    return answer_form(
        request, page, form,
        lambda who: issuing.suspend(who, pk, version_of(form), reason=form.cleaned_data["reason"]),
        to=_address, done="印章已停用。",
    )  # fmt: skip


def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """启用."""
    _, row = _seal(request, pk)
    form = ReasonForm(request.POST or None, request=request, row=row)
    effects = ["印章恢复使用。", *(["已提出的销毁一并撤回。"] if row.destroy_asked_at else [])]
    return answer_form(
        request, _page(row, "启用印章", effects), form,
        lambda who: issuing.resume(who, pk, version_of(form), reason=form.cleaned_data["reason"]),
        to=_address, done="印章已启用。",
    )  # fmt: skip


def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """换发证书."""
    _, row = _seal(request, pk)
    form = EmptyForm(request.POST or None, request=request, row=row)
    page = _page(row, "换发证书", ["生成新的签名密钥和证书，今后用印使用新证书。", SPOILS_NOTHING])
    return answer_form(
        request, page, form, lambda who: issuing.renew(who, pk, version_of(form)), to=_address, done="证书已换发。"
    )


def ask_destroy(request: HttpRequest, pk: int) -> HttpResponse:
    """提出销毁."""
    _, row = _seal(request, pk)
    form = ReasonForm(request.POST or None, request=request, row=row)
    effects = ["印章立即停用，等待另一名印章备案人员确认。", "确认前可以撤回。", SPOILS_NOTHING]
    return answer_form(
        request, _page(row, "提出销毁", effects, danger=True), form,
        lambda who: issuing.ask_destroy(who, pk, version_of(form), reason=form.cleaned_data["reason"]),
        to=_address, done="已提出销毁，等待另一人确认。",
    )  # fmt: skip


def confirm_destroy(request: HttpRequest, pk: int) -> HttpResponse:
    """确认销毁, by another person."""
    actor, row = _seal(request, pk)
    form = EmptyForm(request.POST or None, request=request, row=row)
    stops = []
    if not row.destroy_asked_at:
        stops = [WrongState(title=row.title, state=f"现为“{row.get_state_display()}”", what="确认销毁").sentences()[0]]
    elif row.destroy_asked_by_id == actor.person_id:
        stops = [SamePerson().sentences()[0]]
    effects = ["证书自确认时起吊销，签名密钥销毁，不能恢复。", "吊销情况通知外网核验页。", SPOILS_NOTHING]
    page = _page(row, "确认销毁", effects, danger=True, stops=stops)
    return answer_form(
        request, page, form, lambda who: issuing.confirm_destroy(who, pk, version_of(form)),
        to=_address, done="印章已销毁，证书已吊销。",
    )  # fmt: skip
