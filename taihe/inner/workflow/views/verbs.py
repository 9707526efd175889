"""What else may be done with an item, each on a page that says what will happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import Terms, prepare
from taihe.ground.ui import parts
from taihe.inner.people.queries import pages
from taihe.inner.people.views.common import FormPage

from .. import actions, queries
from ..forms import AddForm, BackForm, ConfirmForm, EmptyForm, NoteForm, ReasonForm, RecordForm, SignerForm, WorkForm
from ..models import WorkItem
from ..registry import Signer
from .common import answer, form_page
from .item import item_url

PHOTO = Terms(mb=10, kinds=frozenset({"png", "jpg", "pdf"}))
TODO = "workflow:todo"


def _open(request: HttpRequest, pk: int, verb: str, title: str) -> tuple[Actor, WorkItem]:
    """The item, if the asker may see it and may do this.  Raises Missing, NotAllowed."""
    actor = access.actor_of(request)
    found = queries.get_item(actor, pk)
    if verb not in queries.may(actor, found):
        raise NotAllowed(what=f"{title}“{found.title}”")
    return actor, found


def about(found: WorkItem) -> list[parts.Detail]:
    """What the item is, on the page of a verb."""
    rows = [
        parts.Detail("标题", found.title, wide=True),
        parts.Detail("当前环节", found.node_title),
        parts.Detail("办理人", found.holder_name),
    ]
    return [*rows, parts.Detail("编号", found.number)] if found.number else rows


def _page(found: WorkItem, title: str, button: str, effects: list[str], **more: Any) -> FormPage:
    own = item_url(found)
    crumbs = [("待办事项", reverse(TODO)), (Truncator(found.title).chars(22), own)]
    return form_page(title, button, own, crumbs=crumbs, facts=about(found), effects=effects, **more)


def _to_todo(_: object) -> str:
    return reverse(TODO)


def _seen(form: WorkForm) -> int:
    return form.posted_version or 0


def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """签领."""
    _, found = _open(request, pk, "claim", "签领")
    form = EmptyForm(request.POST or None, request=request, row=found)
    effects = ["签领后由您办理，本岗位其他人员的待办中不再显示。", "签领后可以退回签领，事项回到本岗位。"]
    return answer(
        request,
        _page(found, "签领", "确认签领", effects),
        form,
        lambda who: actions.claim(who, pk, _seen(form)),
        to=item_url,
        done="已签领，请办理。",
    )


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """退回签领."""
    _, found = _open(request, pk, "release_claim", "退回签领")
    form = EmptyForm(request.POST or None, request=request, row=found)
    effects = ["事项回到本岗位，由任一在岗人员签领办理；办理时限不变。"]
    return answer(
        request,
        _page(found, "退回签领", "确认退回", effects),
        form,
        lambda who: actions.release_claim(who, pk, _seen(form)),
        to=_to_todo,
        done="已退回本岗位。",
    )


def _picking(request: HttpRequest, make: Callable[..., WorkForm], actor: Actor, found: WorkItem) -> WorkForm:
    """A form with a people picker that begins with one's own organ."""
    form = make(request.POST or None, request=request, row=found)
    for one in form.fields.values():
        if hasattr(one.widget, "organ"):
            one.widget.organ = actor.organ
    return form


def add(request: HttpRequest, pk: int) -> HttpResponse:
    """加签."""
    actor, found = _open(request, pk, "add_signers", "加签")
    form = _picking(request, AddForm, actor, found)
    effects = ["原有环节和办理人不变，加签意见列入办理单。", "前加签的，待其办完后再由您办理。"]
    return answer(
        request,
        _page(found, "加签", "确认加签", effects, panel="加签"),
        form,
        lambda who: actions.add_signers(who, pk, _seen(form), **form.cleaned_data),
        to=lambda _: item_url(found),
        done="已加签。",
    )


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """减签: `pk` is the place to be taken away."""
    _, found = _open(request, pk, "drop_signer", "减签")
    form = ReasonForm(request.POST or None, request=request, row=found)
    effects = [f"{found.holder_name}不再办理本环节；已有意见全部保留。"]
    return answer(
        request,
        _page(found, "减签", "确认减签", effects, danger=True),
        form,
        lambda who: actions.drop_signer(who, pk, _seen(form), **form.cleaned_data),
        to=lambda _: reverse("workflow:flow", args=[found.instance_id]),
        done="已减签。",
    )


def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """转办."""
    actor, found = _open(request, pk, "transfer", "转办")
    form = _picking(request, SignerForm, actor, found)
    assert isinstance(form, SignerForm)  # noqa: S101  our own
    effects = ["事项转由所选人员办理，您不再办理；办理时限不变。"]
    return answer(
        request,
        _page(found, "转办", "确认转办", effects, panel="转给谁"),
        form,
        lambda who: actions.transfer(who, pk, _seen(form), **form.given()),
        to=_to_todo,
        done=f"“{found.title}”已转办。",
    )


def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """改派, by whoever manages flows."""
    actor, found = _open(request, pk, "reassign", "改派")
    form = _picking(request, SignerForm, actor, found)
    assert isinstance(form, SignerForm)  # noqa: S101  our own
    effects = ["事项由所选人员办理，原办理人不再办理；改派记入流转记录。"]
    return answer(
        request,
        _page(found, "改派", "确认改派", effects, panel="改派给谁"),
        form,
        lambda who: actions.reassign(who, pk, _seen(form), **form.given()),
        to=lambda _: reverse("workflow:flow", args=[found.instance_id]),
        done="已改派。",
    )


def back(request: HttpRequest, pk: int) -> HttpResponse:
    """退回."""
    _, found = _open(request, pk, "send_back", "退回")
    places = _places(found)
    form = BackForm(
        request.POST or None, request=request, row=found, targets=[(key, title) for key, title, _ in places]
    )
    signers = {key: signer for key, _, signer in places}
    effects = ["本环节尚未办理的其他待办随之收回，已有意见全部保留。", "退回原因送达对方，并记入流转记录。"]

    def act(actor: Actor) -> WorkItem:
        given = form.cleaned_data
        node = given["target"].split("/")[0]
        return actions.send_back(
            actor, pk, _seen(form), node=node, reason=given["reason"], resume=given["resume"],
            signer=signers[given["target"]],
        )  # fmt: skip

    stops = [] if places else ["没有可以退回的环节。"]
    page = _page(found, "退回", "确认退回", effects, panel="退回", stops=stops)
    return answer(request, page, form, act, to=_to_todo, done=f"“{found.title}”已退回。")


def _places(found: WorkItem) -> list[tuple[str, str, Signer | None]]:
    """Every step the matter may go back to, whole or to one of several signers: value, words, signer."""
    places: list[tuple[str, str, Signer | None]] = []
    for one in queries.targets(found):
        names = "、".join(dict.fromkeys(signer.done_by_name or signer.holder_name for signer in one.signers))
        places.append((one.node, f"{one.title}（{names}）" if names else one.title, None))
        if len(one.signers) > 1:
            places += [
                (f"{one.node}/{signer.pk}", f"{one.title}，只退给{signer.holder_name}",
                 Signer(signer.post_id, signer.officer_id))
                for signer in one.signers
            ]  # fmt: skip
    return places


def urge(request: HttpRequest, pk: int) -> HttpResponse:
    """催办: `pk` is the open item of whoever is reminded."""
    _, found = _open(request, pk, "urge", "催办")
    form = NoteForm(request.POST or None, request=request, row=found)
    effects = [f"{found.holder_name}会收到催办提醒，待办中显示催办次数。", "对同一人每天的催办次数有上限。"]
    return answer(
        request,
        _page(found, "催办", "确认催办", effects),
        form,
        lambda who: actions.urge(who, pk, **form.cleaned_data),
        to=lambda _: reverse("workflow:flow", args=[found.instance_id]),
        done=f"已催办{found.holder_name}。",
    )


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回 of what one has sent on."""
    _, found = _open(request, pk, "withdraw", "撤回")
    form = NoteForm(request.POST or None, request=request, row=found)
    effects = ["下一环节尚未阅读的待办随之收回，事项回到您的待办。", "下一环节一经阅读即不能撤回，可请对方退回。"]
    return answer(
        request,
        _page(found, "撤回", "确认撤回", effects),
        form,
        lambda who: actions.withdraw(who, pk, _seen(form), reason=form.cleaned_data["note"]),
        to=item_url,
        done="已撤回，请重新办理。",
    )


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """代录领导意见."""
    actor, found = _open(request, pk, "record_for", "代录意见")
    form = RecordForm(
        request.POST or None,
        request.FILES or None,
        request=request,
        row=found,
        offered=queries.outcomes(found),
        holders=_holders(found),
    )

    def act(who: Actor) -> WorkItem:
        given = dict(form.cleaned_data)
        return actions.record_for(who, pk, _seen(form), **(given | {"photo": photo}))

    photo = None
    if request.method == "POST" and form.is_valid():
        photo = prepare(actor, form.cleaned_data["photo"], Owner("workflow.item", str(found.pk)), terms=PHOTO)
    effects = ["意见以领导名义记入办理单，注明“代录，待确认”。", "领导本人上线后会收到确认提示，可以确认或提出异议。"]
    page = _page(found, "代录领导意见", "提交代录", effects, panel="代录内容")
    return answer(request, page, form, act, to=_to_todo, done="已代录，待领导本人确认。")


def _holders(found: WorkItem) -> list[tuple[str, str]]:
    """Whose opinion may be recorded: the holder of the item, or any holder of its post."""
    if found.officer_id:
        return [(str(found.officer_id), found.officer_name)]
    return [(str(one.officer_id), one.officer.name) for one in pages.seated(posts=[found.post_id])]


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """确认代录, by the leader."""
    _, found = _open(request, pk, "confirm_recorded", "确认代录")
    form = ConfirmForm(request.POST or None, request=request, row=found)
    page = _page(
        found,
        "确认代录意见",
        "提交",
        ["确认后，办理单上不再显示“待确认”。", "提出异议的，流程立即暂停，由流程管理员核实处理。"],
        panel="核对",
    )
    page.facts = [
        *page.facts,
        parts.Detail("结论", found.outcome_title),
        parts.Detail("代录人", found.recorded_by_name),
        parts.Detail("代录意见", found.opinion, wide=True),
    ]
    if found.recorded_photo:
        more = {"photo": reverse("files:download", args=[found.recorded_photo])}
    else:
        more = {}
    return answer(
        request,
        page,
        form,
        lambda who: actions.confirm_recorded(who, pk, _seen(form), **form.cleaned_data),
        to=lambda _: f"{reverse('workflow:delegated')}?tab=confirm",
        done="已记录您的核对结果。",
        more=more,
    )
