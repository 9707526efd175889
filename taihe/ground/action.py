"""The one door through which the county's records change.

An action is a function with the Actor first, decorated with ``@action("documents.issue")``.  The
outermost action opens the durable transaction; one called inside another takes a savepoint.  Each
must leave an audit entry of its own, or everything it did is rolled back.  A refusal is recorded
after the roll-back, by the outermost wrapper; on a full disk, which can record nothing, it is DiskFull.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import models, transaction

from .actor import Actor
from .digests import digest
from .errors import CountyError
from .fulldisk import full_disk_is_told

P = ParamSpec("P")
R = TypeVar("R")


class NotRecorded(RuntimeError):
    """A programming error: an action changed records and left no audit entry."""


@dataclass
class Frame:
    """The action now running: its name, its asker, its event and the event that caused it."""

    name: str
    actor: Actor
    parent: str = ""
    event: str = field(default_factory=lambda: uuid.uuid4().hex)
    recorded: int = 0


_frame: ContextVar[Frame | None] = ContextVar("action_frame", default=None)


def current_frame() -> Frame:
    """The action now running; writing outside any action is a programming error."""
    frame = _frame.get()
    if frame is None:
        raise NotRecorded("records may only change inside an @action or a unit of work")
    return frame


@contextmanager
def unit_of_work(name: str, actor: Actor, *, cause: str = "") -> Iterator[Frame]:
    """A durable transaction for the system's own bookkeeping (queue, seals, sequences).

    It need not leave an audit entry itself; actions called inside take savepoints and do.
    """
    frame = Frame(name, actor, parent=cause)
    token = _frame.set(frame)
    try:
        with transaction.atomic(durable=True):
            yield frame
    finally:
        _frame.reset(token)


@contextmanager
def caused_by(frame: Frame, *, cause: str, name: str) -> Iterator[Frame]:
    """Inside a unit of work: the frame of one queued piece of work, with the event that queued it."""
    inner = Frame(name, frame.actor, parent=cause)
    token = _frame.set(inner)
    try:
        yield inner
    finally:
        _frame.reset(token)


def action(name: str) -> Callable[[Callable[Concatenate[Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Make a function the only writer of one kind of change, called ``area.verb``."""

    def decorate(function: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
        def inside(frame: Frame, durable: bool, *args: P.args, **kwargs: P.kwargs) -> R:
            token = _frame.set(frame)
            try:
                with transaction.atomic(durable=durable):
                    result = function(frame.actor, *args, **kwargs)
                    if not frame.recorded:
                        raise NotRecorded(f"action {name} left no audit entry")
                return result
            except CountyError as refusal:
                refusal.__dict__.setdefault("frame", frame)
                raise
            finally:
                _frame.reset(token)

        @functools.wraps(function)
        def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            outer = _frame.get()
            if outer is not None:
                return inside(Frame(name, actor, parent=outer.event), False, *args, **kwargs)
            with full_disk_is_told():
                try:
                    return inside(Frame(name, actor), True, *args, **kwargs)
                except CountyError as refusal:
                    record_refusal(refusal)
                    raise

        run.__dict__["action_name"] = name
        return run

    return decorate


def record_refusal(refusal: CountyError) -> None:
    """Keep a refused attempt, in a transaction of its own, after the attempt was rolled back."""
    frame: Frame | None = refusal.__dict__.get("frame")
    if frame is None:
        return
    from .audit.actions import append_entry

    with transaction.atomic():
        append_entry(
            frame,
            outcome="refused",
            subject=("refusal", refusal.code, refusal.code),
            detail={"code": refusal.code, "sentence": refusal.sentence()},
        )


Subject = models.Model | tuple[str, str, str]


def record(
    subject: Subject,
    *,
    before: object = None,
    after: object = None,
    detail: dict[str, Any] | None = None,
    refused: bool = False,
) -> str:
    """Write the running action's audit entry and return its event id.

    `subject` is a row, or (type, id, title).  `before` and `after` are snapshots of which only the
    digest is kept; `detail` is kept as it is, so it must hold no plain personal data.  `refused` says that
    the person was turned away though the act of noting it stands (a failed sign-in).
    """
    from .audit.actions import append_entry

    frame = current_frame()
    frame.recorded += 1
    append_entry(
        frame,
        outcome="refused" if refused else "done",
        subject=subject,
        before=digest(before) if before is not None else "",
        after=digest(after) if after is not None else "",
        detail=detail or {},
    )
    return frame.event


def snapshot(row: models.Model) -> dict[str, Any]:
    """The stored values of a row by column, for before/after digests (vault fields stay sealed)."""
    return {column.attname: column.value_from_object(row) for column in row._meta.concrete_fields}
