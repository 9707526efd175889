"""Going back: 退回 to an earlier step, 撤回 what the next one has not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.db.models import QuerySet

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor

from ..engine import JumpRefused, jump, jump_targets
from ..errors import AlreadyRead, CannotSendBack, CannotWithdraw, NoSigner, NotYourItem
from ..models import Kind, Origin, ProcessInstance, Status, Verb, WorkItem
from ..models.item import GATES, PENDING
from ..places import places
from ..registry import Signer, subject
from ..seats import seat_of
from .closing import is_base, void
from .handling import SETTLED, sign
from .opening import bring, follow, names, next_round, node_items
from .rows import (
    At,
    at_desk,
    keep,
    lock_instance,
    lock_item,
    log,
    require_free_place,
    require_running,
    require_seat,
    words,
)

Resume = Literal["direct", "again"]


@action("workflow.send_back")
def send_back(
    actor: Actor,
    pk: int,
    version: int,
    *,
    node: str,
    reason: str,
    resume: Resume = "again",
    signer: Signer | None = None,
) -> WorkItem:
    """Send the matter back to an earlier node, with a reason (退回); see queries.targets for the nodes.

    "again" (重走): the flow runs again from there, and what was open beyond is void.  "direct" (改后直送): it is
    corrected there and comes straight back to the actor; others at the node go on.  `signer` names one of
    those who signed there; None means all of them.  Returns the actor's item, now returned.  Raises
    CannotSendBack, NotYourItem, ItemClosed, FlowClosed, StaleVersion.
    """
    at = at_desk(actor, pk, version, "退回")
    _check_target(at, node)
    why, before = words(reason, "退回原因", least=2), snapshot(at.item)
    wanted = _signers_there(at, node, signer)
    sign(at.item, at.seat, actor, Status.RETURNED)
    at.item.outcome, at.item.outcome_title, at.item.opinion = "return", "退回", why
    keep(at.item, *SETTLED)
    title = at.flow.nodes[node].title
    way = "改后直送" if resume == "direct" else "重走流程"
    text, data = f"退回至“{title}”（{way}）：{why}", {"to": node, "resume": resume}
    log(actor, at.instance, Verb.SEND_BACK, item=at.item, text=text, data=data)
    if resume == "direct":
        _detour(at, node, wanted)
    else:
        _run_again(at, node, wanted)
    at.kind.returned(actor, at.instance, node, why)
    record(at.item, before=before, after=snapshot(at.item), detail={"to": node, "resume": resume, "reason": why})
    return at.item


def _check_target(at: At, node: str) -> None:
    if not is_base(at.item):
        why = (
            "退回修改的事项请修改后送回"
            if at.item.origin == Origin.REWORK
            else "加签人请填写意见，由原办理人决定是否退回"
        )
        raise CannotSendBack(why=why)
    if node not in jump_targets(at.flow, bytes(at.instance.state), at.item.task_id):
        raise CannotSendBack(why="该环节尚未办理，或有其他环节正在并行办理")


def _signers_there(at: At, node: str, signer: Signer | None) -> list[Signer]:
    """Those who signed at the node when the matter was last there, or the one of them that was named."""
    rows = WorkItem.objects.filter(instance=at.instance, node=node, kind=Kind.DO, status=Status.DONE)
    last = [one for one in rows.order_by("-round", "order", "pk") if is_base(one)]
    there = [Signer(one.post_id, one.officer_id) for one in last if one.round == last[0].round]
    if signer is not None and signer not in there:
        raise CannotSendBack(why="所选人员未曾在该环节办理")
    return [signer] if signer is not None else there


def _run_again(at: At, node: str, signers: Sequence[Signer]) -> None:
    """The engine goes back; every visit it gave up is void."""
    try:
        step = jump(at.flow, bytes(at.instance.state), node, at.instance.context)
    except JumpRefused as refused:
        raise CannotSendBack(why="该环节尚未办理，或有其他环节正在并行办理") from refused
    still = {ready.task_id for ready in step.ready}
    void(_pending(at.instance).exclude(task_id__in=still))
    follow(at, step, origin=Origin.RETURNED, signers=signers)


def _detour(at: At, node: str, signers: Sequence[Signer]) -> None:
    """The flow stays where it is: the actor's place waits until the correction has come back."""
    item, instance = at.item, at.instance
    target = at.flow.nodes[node]
    found = places(signers or at.kind.signers(instance, target.role, node), chosen=False)
    if not found:
        raise NoSigner(node=target.title)
    mine = _again(item, Origin.RESUMED, Status.WAITING, parent=item)
    made = node_items(
        at.actor, instance, at.kind, target, found,
        task_id=item.task_id, origin=Origin.REWORK, parent=mine, round=next_round(instance, node),
    )  # fmt: skip
    bring(at.actor, at.kind, made)
    log(at.actor, instance, Verb.OPEN, node=node, node_title=target.title, text=f"送达{names(made)}修改")


def _again(item: WorkItem, origin: Origin, status: Status, *, parent: WorkItem | None, task_id: str = "") -> WorkItem:
    """The same place once more, for the same person; saved, without a place in the list yet."""
    new = WorkItem.objects.get(pk=item.pk)
    new.pk, new._state.adding = None, True
    new.instance = item.instance
    new.status, new.origin, new.parent, new.precedence = status, origin, parent, None
    new.task_id = task_id or item.task_id
    new.outcome = new.outcome_title = new.opinion = new.done_by_name = new.read_by_name = ""
    new.done_by = new.principal = new.done_at = new.read_at = new.urged_at = None
    new.recorded = new.recorded_by_name = new.recorded_photo = new.confirm_note = ""
    new.recorded_by = new.confirmed_at = None
    new.data, new.urged, new.version = {}, 0, 1
    require_free_place(new)
    if status == Status.WAITING:
        new.save(force_insert=True)
    return new


def _pending(instance: ProcessInstance) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(instance=instance, kind=Kind.DO, status__in=PENDING)


@action("workflow.withdraw")
def withdraw(actor: Actor, pk: int, version: int, *, reason: str = "") -> WorkItem:
    """Pull back what the actor's done item sent on, while nobody has read it (撤回).

    The opinion stays in the history as withdrawn.  Returns the item that is open again, under its original
    deadline.  Raises AlreadyRead (ask for 退回 then), CannotWithdraw, NotYourItem, FlowClosed.
    """
    item = lock_item(pk, version)
    seat = require_seat(actor, item)
    require_running(item.instance, "撤回")
    at = At(actor, item.instance, item, subject(item.instance.kind), seat)
    own = item.done_by_id == seat.person_id or item.principal_id == seat.officer_id
    if item.status != Status.DONE or item.kind != Kind.DO or not own:
        raise CannotWithdraw(title=item.title, why="该事项不是由您办结的待办")
    if item.recorded:
        raise CannotWithdraw(title=item.title, why="代录的意见由领导确认或提出异议")
    before, why = snapshot(item), words(reason, "撤回原因", most=500)
    inside = _pending(at.instance).filter(task_id=item.task_id).exists()
    task_id = _take_back_inside(at) if inside else _take_back_next(at)
    item.status = Status.WITHDRAWN
    keep(item, "status")
    new = _again(item, Origin.WITHDRAWN, Status.OPEN, parent=item.parent, task_id=task_id)
    if item.origin in GATES or item.is_added:
        new.origin = item.origin
    (new,) = bring(actor, at.kind, [new])
    WorkItem.objects.filter(parent=item, status=Status.WAITING).update(parent=new)
    log(actor, at.instance, Verb.WITHDRAW, item=item, text=why)
    at.kind.returned(actor, at.instance, item.node, why or "撤回")
    record(item, before=before, after=snapshot(item), detail={"again": new.pk, "reason": why})
    return new


def _check_unread(sent: Sequence[WorkItem]) -> None:
    for one in sent:
        if one.read_at is not None:
            raise AlreadyRead(who=one.read_by_name, when=f"{clock.local(one.read_at):%m月%d日 %H:%M}")
        if one.status not in PENDING:
            raise CannotWithdraw(title=one.title, why="下一环节已经办理或转出")


def _take_back_inside(at: At) -> str:
    """The node is still open: those whom the signature let go on wait again."""
    item = at.item
    below = WorkItem.objects.filter(instance=at.instance, task_id=item.task_id, parent=item, kind=Kind.DO)
    freed = list(below.exclude(origin__in=[Origin.WITH, *GATES]))
    if item.origin in GATES and item.parent_id:
        freed.append(WorkItem.objects.get(pk=item.parent_id))
    _check_unread(freed)
    for one in freed:
        one.status, one.precedence = Status.WAITING, None
        keep(one, "status", "precedence")
    return item.task_id


def _take_back_next(at: At) -> str:
    """The node had closed: the engine goes back to it, and what it had opened is withdrawn."""
    item, instance = at.item, at.instance
    sent = list(WorkItem.objects.filter(instance=instance, parent=item, kind=Kind.DO).exclude(task_id=item.task_id))
    if not sent:
        raise CannotWithdraw(title=item.title, why="后续环节不是由您的办理直接送达的")
    _check_unread(sent)
    state, known = bytes(instance.state), {one.task_id for one in sent}
    if item.node not in jump_targets(at.flow, state, sent[0].task_id):
        raise CannotWithdraw(title=item.title, why="有其他环节正在并行办理")
    step = jump(at.flow, state, item.node, instance.context)
    ready = {one.task_id: one.node for one in step.ready}
    gone = _pending(instance).exclude(task_id__in=ready)
    if gone.exclude(task_id__in=known).exists():
        raise CannotWithdraw(title=item.title, why="有其他环节正在并行办理")
    void(gone)
    WorkItem.objects.filter(pk__in=[one.pk for one in sent]).update(status=Status.WITHDRAWN)
    standing = set(_pending(instance).values_list("task_id", flat=True))
    (task_id,) = (one for one, node in ready.items() if node == item.node and one not in standing)
    WorkItem.objects.filter(instance=instance, node=item.node, round=item.round).update(task_id=task_id)
    instance.state = step.blob
    keep(instance, "state")
    return task_id


@action("workflow.withdraw_start")
def withdraw_start(actor: Actor, pk: int, version: int, *, reason: str = "") -> ProcessInstance:
    """The starter pulls the whole matter back before anybody has read it (instance pk); it is then cancelled.

    Raises NotYourItem, AlreadyRead, CannotWithdraw, FlowClosed, StaleVersion.
    """
    instance = lock_instance(pk, version)
    seat = seat_of(actor)
    if seat is None or instance.starter_id not in (seat.person_id, seat.officer_id):
        raise NotYourItem(title=instance.title, holder=instance.starter_name)
    require_running(instance, "撤回")
    sent = list(WorkItem.objects.filter(instance=instance))
    _check_unread(sent)
    why = words(reason, "撤回原因", most=500)
    void(WorkItem.objects.filter(instance=instance, status__in=PENDING))
    WorkItem.objects.filter(pk__in=[one.pk for one in sent]).update(status=Status.WITHDRAWN)
    instance.status, instance.closed_at = ProcessInstance.Status.CANCELLED, clock.now()
    keep(instance, "status", "closed_at")
    log(actor, instance, Verb.WITHDRAW, text=why)
    subject(instance.kind).withdrawn(actor, instance)
    record(instance, after={"status": instance.status}, detail={"reason": why})
    return instance
