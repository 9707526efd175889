"""One matter on its way: what stands where, for its starter, its signers and its managers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator

from taihe.ground import access, clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.ui import parts

from .. import actions, queries
from ..forms import CirculateForm, EmptyForm, NoteForm, ReasonForm, WorkForm
from ..models import Kind, ProcessInstance, WorkItem
from ..queries.joint import offered
from ..tables import STATUS_TONES
from .common import answer, form_page
from .item import Way, matter, way_url

WHOLE = (
    ("withdraw_start", "撤回", "arrow-back-up", "withdraw"),
    ("circulate", "传阅", "send", "circulate"),
    ("suspend", "暂停", "player-pause", "suspend"),
    ("resume", "恢复", "player-play", "resume"),
    ("cancel", "撤销", "ban", "cancel"),
)
ON_OTHERS = (("urge", "催办"), ("record_for", "代录意见"), ("drop_signer", "减签"), ("reassign", "改派"))
ADDRESSES = {"withdraw": "flow_withdraw", "circulate": "circulate", "suspend": "suspend", "resume": "resume",
             "cancel": "cancel"}  # fmt: skip


def flow_url(instance: ProcessInstance) -> str:
    """Address of a matter's page."""
    return reverse("workflow:flow", args=[instance.pk])


def flow(request: HttpRequest, pk: int) -> HttpResponse:
    """事项流程."""
    actor = access.actor_of(request)
    found = queries.get_instance(actor, pk)
    verbs = queries.may_instance(actor, found)
    ways = [
        Way(title, reverse(f"workflow:{ADDRESSES[name]}", args=[pk]), icon)
        for verb, title, icon, name in WHOLE
        if verb in verbs
    ]
    shown = matter(actor, found)
    known = shown | {
        "ways": ways,
        "tone": STATUS_TONES[found.status],
        "open_items": _open_items(actor, found, shown["items"]),
        "nav_key": "workflow.mine",
    }
    return render(request, "inner_workflow/flow.html", known)


def _open_items(actor: Actor, found: ProcessInstance, items: list[WorkItem]) -> list[tuple[WorkItem, list[Way]]]:
    """Who has the matter now, with what the asker may do about each."""
    rows = [one for one in items if one.is_pending and one.kind == Kind.DO]
    verbs = offered(actor, found, items)
    return [
        (one, [Way(title, _item_way(one, verb), "") for verb, title in ON_OTHERS if verb in verbs.get(one.pk, ())])
        for one in rows
    ]


def _item_way(item: WorkItem, verb: str) -> str:
    return reverse("workflow:drop", args=[item.pk]) if verb == "drop_signer" else way_url(item, verb)


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """处理单 for printing: the sheet alone, with every opinion."""
    actor = access.actor_of(request)
    known = matter(actor, queries.get_instance(actor, pk))
    known |= {"printed_at": clock.now(), "actor": actor, "nav_key": "workflow.mine"}
    return render(request, "inner_workflow/print.html", known)


def _decide(
    request: HttpRequest,
    pk: int,
    verb: str,
    title: str,
    make: Callable[..., WorkForm],
    effects: list[str],
    act: Callable[[Actor, WorkForm], object],
    *,
    danger: bool = False,
) -> HttpResponse:
    actor = access.actor_of(request)
    found = queries.get_instance(actor, pk)
    if verb not in queries.may_instance(actor, found):
        raise NotAllowed(what=f"{title}“{found.title}”")
    form = make(request.POST or None, request=request, row=found)
    for one in form.fields.values():
        if hasattr(one.widget, "organ"):
            one.widget.organ = actor.organ
    page = form_page(
        title,
        f"确认{title}",
        flow_url(found),
        crumbs=[("我发起的", reverse("workflow:mine")), (Truncator(found.title).chars(22), flow_url(found))],
        facts=[
            parts.Detail("标题", found.title, wide=True),
            parts.Detail("发起人", found.starter_name),
            parts.Detail("状态", found.get_status_display()),
        ],
        effects=effects,
        danger=danger,
    )
    return answer(request, page, form, lambda who: act(who, form), to=lambda _: flow_url(found), done=f"已{title}。")


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回 of the whole matter by its starter."""
    return _decide(
        request, pk, "withdraw_start", "撤回", NoteForm,
        ["流程结束，尚未阅读的待办随之收回；修改后可以重新发起。"],
        lambda who, form: actions.withdraw_start(
            who, pk, form.posted_version or 0, reason=form.cleaned_data["note"]
        ),
    )  # fmt: skip


def circulate(request: HttpRequest, pk: int) -> HttpResponse:
    """传阅."""
    return _decide(
        request, pk, "circulate", "传阅", CirculateForm,
        ["所选人员的“传阅件”中出现本事项，可以查看办理单和附件，并填写意见。", "传阅不影响流程继续办理。"],
        lambda who, form: actions.circulate(who, pk, **form.cleaned_data),
    )  # fmt: skip


def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """暂停."""
    return _decide(
        request, pk, "suspend", "暂停", ReasonForm,
        ["各环节暂停办理，办理时限停止计算；恢复后顺延。"],
        lambda who, form: actions.suspend(who, pk, form.posted_version or 0, **form.cleaned_data),
    )  # fmt: skip


def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复."""
    return _decide(
        request, pk, "resume", "恢复", EmptyForm,
        ["各环节继续办理，办理时限按暂停的工作日顺延。"],
        lambda who, form: actions.resume(who, pk, form.posted_version or 0),
    )  # fmt: skip


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销."""
    return _decide(
        request, pk, "cancel", "撤销", ReasonForm,
        ["流程就此结束，没有办理结果；全部待办收回，已有意见保留。", "撤销后不能恢复，需要时重新发起。"],
        lambda who, form: actions.cancel(who, pk, form.posted_version or 0, **form.cleaned_data),
        danger=True,
    )  # fmt: skip
