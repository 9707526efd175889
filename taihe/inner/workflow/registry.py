"""What higher modules tell the flows about their matters: who signs, what is checked, what follows.

A module registers one `SubjectKind` per kind of matter at start.  All its methods but the reading ones
run inside the action that called them, so that they change the matter together with the flow or not at
all.  `on_items_opened` is for whoever tells people that something has come (notices).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from taihe.ground.actor import Actor
from taihe.inner.people.permissions import register_permission
from taihe.inner.people.registry import Handlers

if TYPE_CHECKING:
    from django import forms

    from taihe.ground.ui.parts import Attached

    from .models import ProcessInstance, WorkItem


@dataclass(frozen=True)
class Signer:
    """One place to sign: a post and, unless any of its holders may claim it, the person (row ids)."""

    post_id: int
    officer_id: int | None = None


class SubjectKind:
    """One kind of matter, such as a document to issue or a page to review.  Subclass and register an instance.

    `flow` is the key of the BPMN process; `module` and `module_title` are copied to every item.
    """

    kind: ClassVar[str]
    module: ClassVar[str]
    module_title: ClassVar[str]
    flow: ClassVar[str]
    sheet_title: ClassVar[str] = "办理单"
    batch_outcomes: ClassVar[tuple[str, ...]] = ()
    """Outcomes that may be given to many items at once (批量同意)."""
    legal_clock: ClassVar[bool] = False
    """Deadlines are set by law: none is stated that rests on a calendar not yet announced."""
    opener_may_drop: ClassVar[bool] = False
    """Whoever sent the matter to a node may take signers away that the flow chose (减签)."""
    by_rank: ClassVar[frozenset[str]] = frozenset()
    """Nodes whose opinions stand on the sheet by the rank of the posts, then by time; elsewhere by time."""
    names_starter: ClassVar[bool] = True
    """The sheet says who started the flow, after the module's own cells."""

    # -- who ----------------------------------------------------------------------------------------

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        """Who signs at a node whose BPMN element names this role, in the order of signing; never empty."""
        raise NotImplementedError

    def limit_days(self, instance: ProcessInstance, node: str, given: int | None) -> int | None:
        """Working days a signer has at a node; `given` is what the BPMN file says."""
        return given

    def skips(self, instance: ProcessInstance) -> frozenset[str]:
        """Nodes that this matter will not come to: stepper and sheet leave them out while nobody was asked there."""
        return frozenset()

    # -- checks: raise a CountyError to refuse --------------------------------------------------------

    def guard(self, actor: Actor, item: WorkItem, outcome: str) -> None:
        """May this actor handle the item with this outcome?"""

    def guard_signer(self, actor: Actor, instance: ProcessInstance, node: str, signer: Signer) -> None:
        """May the item go to this signer (加签, 转办, 改派, 退回给一人)?"""

    def guard_cancel(self, actor: Actor, instance: ProcessInstance) -> None:
        """May the whole flow be cancelled now?"""

    def recordable(self, instance: ProcessInstance, node: str) -> bool:
        """May a secretary enter a leader's spoken or paper opinion at this node (秘书代录)?"""
        return False

    # -- news -----------------------------------------------------------------------------------------

    def started(self, actor: Actor, instance: ProcessInstance) -> None:
        """The flow has begun; the first items are open."""

    def decided(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        """A signer has given an opinion.  May change ``instance.context`` before the next node is chosen."""

    def node_opened(self, actor: Actor, instance: ProcessInstance, node: str) -> None:
        """The matter has come to a node; its items are open."""

    def returned(self, actor: Actor, instance: ProcessInstance, node: str, reason: str) -> None:
        """The matter was sent back to a node (退回), or pulled back to it (撤回)."""

    def withdrawn(self, actor: Actor, instance: ProcessInstance) -> None:
        """The starter pulled it back before anybody read it (撤回); the instance is cancelled."""

    def cancelled(self, actor: Actor, instance: ProcessInstance, reason: str) -> None:
        """The flow was cancelled (撤销)."""

    def finished(self, actor: Actor, instance: ProcessInstance, end: str) -> None:
        """The flow has come to this end event."""

    def disputed(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        """A leader says that a recorded opinion was not his; a running flow is already suspended."""

    # -- pages ------------------------------------------------------------------------------------------

    def url(self, instance: ProcessInstance) -> str:
        """Address of the matter's own page; empty when it has none.  Copied to items when they are made."""
        return ""

    def summary(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        """Template and context of the ruled cells of the sheet (办理单)."""
        return None

    def body(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        """Template and context of panels below the sheet: preview, differences."""
        return None

    def files(self, instance: ProcessInstance, actor: Actor) -> Sequence[Attached]:
        """正文与附件, for the attachment list."""
        return ()

    def form(self, form: str) -> type[forms.Form] | None:
        """The form class of a node whose BPMN element names this form.

        A class with a method `fill(item)` is given the item before anything is drawn or checked.
        """
        return None

    def desk(self, item: WorkItem) -> tuple[str, str] | None:
        """Title and address of a page of the module's own where the item is handled, instead of the decision's form."""
        return None

    def may_view(self, actor: Actor, instance: ProcessInstance) -> bool:
        """May somebody who has no part in the flow look at it?"""
        return False


_kinds: dict[str, SubjectKind] = {}
ItemsHandler = Callable[[Actor, "Sequence[WorkItem]"], None]
on_items_opened: Handlers[ItemsHandler] = Handlers("items_opened")


def flow_permission(kind: str) -> str:
    """What a stand-in for named matters must name to act on items of this kind."""
    return f"flow:{kind}"


def register_subject(kind: SubjectKind) -> SubjectKind:
    """Make a kind of matter known at start.  Raises RuntimeError for a kind registered twice."""
    if kind.kind in _kinds:
        raise RuntimeError(f"subject kind {kind.kind} is registered twice")
    register_permission(flow_permission(kind.kind), f"办理{kind.module_title}待办")
    _kinds[kind.kind] = kind
    return kind


def forget_subject(kind: str) -> None:
    """Forget a kind (for tests)."""
    _kinds.pop(kind, None)


def subject(kind: str) -> SubjectKind:
    """The registered kind.  Raises KeyError for one that no module of this release registered."""
    return _kinds[kind]


def subjects() -> Mapping[str, SubjectKind]:
    """Every registered kind."""
    return MappingProxyType(_kinds)


def tell_items_opened(actor: Actor, items: Sequence[WorkItem]) -> None:
    """Items have come to desks; called once per act with all of them."""
    for handler in on_items_opened if items else ():
        handler(actor, items)
