"""From rows of the flow to the parts that pages are drawn with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from taihe.ground.ui import parts
from taihe.inner.people.models import Post

from .models import FlowLog, Kind, Status, Verb, WorkItem
from .queries.pages import Line, Step

ANSWERED = (Status.DONE, Status.RETURNED)
STATES: dict[str, parts.StepState] = {"done": "done", "current": "current"}
TONES = {
    Verb.SEND_BACK: "warn", Verb.WITHDRAW: "warn", Verb.URGE: "warn", Verb.SUSPEND: "warn", Verb.CANCEL: "danger",
    Verb.DISPUTE: "danger", Verb.FINISH: "ok", Verb.COMPLETE: "info", Verb.CONFIRM: "ok",
}  # fmt: skip
# Told by other lines or by the sheet; shown only where the whole history is.
QUIET = frozenset({Verb.OPEN, Verb.READ})
NAMES = 2
RANKS = [rank for rank, _ in Post.Rank.choices]


def steps(found: Sequence[Step]) -> list[parts.Step]:
    """The stepper, with who has it now or had it last."""
    return [parts.Step(one.title, STATES.get(one.state, "todo"), _note(one)) for one in found]


def _note(step: Step) -> str:
    if step.state == "current":
        names = [one.holder_name for one in step.items if one.status == Status.OPEN and one.kind == Kind.DO]
    else:
        names = [one.done_by_name for one in step.items if one.status == Status.DONE and one.kind == Kind.DO][-1:]
    names = list(dict.fromkeys(names))
    if len(names) > NAMES:
        return f"{names[0]}等 {len(names)} 人"
    return "、".join(names)


@dataclass(frozen=True)
class Cell:
    """One ruled cell of opinions: what was said at a node, and who has not spoken yet."""

    label: str
    said: list[WorkItem] = field(default_factory=list)
    waiting: list[WorkItem] = field(default_factory=list)


def _rank(item: WorkItem) -> tuple[int, int]:
    """Place among signers: rank of the post, then its order in the organ."""
    return RANKS.index(item.post.rank), item.post.order


def cells(found: Sequence[Step], by_rank: Collection[str] = ()) -> list[Cell]:
    """The opinion cells of the sheet, node by node in the order of the flow; nodes nobody reached stay blank.

    At the nodes `by_rank` the opinions stand by rank, then by time.
    """
    drawn = []
    for one in found:
        mine = [item for item in one.items if item.kind == Kind.DO]
        said = sorted(
            (item for item in mine if item.status in ANSWERED and item.done_at),
            key=lambda item: (_rank(item) if item.node in by_rank else (0, 0), item.done_at, item.pk),
        )
        drawn.append(Cell(one.title, said, [item for item in mine if item.is_pending]))
    return drawn


@dataclass(frozen=True)
class Readers:
    """The 传阅 cell: who has read, who has not."""

    read: list[WorkItem]
    unread: list[WorkItem]


def readers(items: Iterable[WorkItem]) -> Readers | None:
    """The readers of a matter; None when it was sent to nobody."""
    copies = [one for one in items if one.kind == Kind.CC and one.status not in (Status.VOID, Status.WITHDRAWN)]
    if not copies:
        return None
    return Readers([one for one in copies if one.read_at], [one for one in copies if not one.read_at])


def records(lines: Iterable[Line], *, whole: bool = False) -> list[parts.Record]:
    """The history, newest first."""
    shown = [line for line in lines if whole or line.log.verb not in QUIET]
    return [_record(line.log, line.item) for line in reversed(shown)]


def _record(log: FlowLog, item: WorkItem | None) -> parts.Record:
    what = log.get_verb_display()
    if item is not None and item.outcome_title and log.verb in (Verb.COMPLETE, Verb.RECORD):
        what = item.outcome_title if log.verb == Verb.COMPLETE else f"{item.outcome_title}（代录）"
    if log.node_title and log.verb not in (Verb.START, Verb.FINISH):
        what = f"{log.node_title} · {what}"
    return parts.Record(log.at, log.person_name, what, log.organ_name, log.text, TONES.get(Verb(log.verb), "plain"))  # type: ignore[arg-type]
