"""拟办 as data: who is to read, instruct and handle, by when, and what 条例第二十四条 asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from taihe.ground import clock
from taihe.ground.rules import rule
from taihe.inner.workflow.models import Urgency

from .models import Incoming


@dataclass(frozen=True)
class Proposal:
    """What the office proposes.  `main` and `helpers` are organs; `leaders`, `readers` as their pickers send them."""

    handling: str = Incoming.Handling.READ
    leaders: tuple[str, ...] = ()
    main: str = ""
    helpers: tuple[str, ...] = ()
    due_on: date | None = None
    readers: tuple[str, ...] = ()
    serial: bool = False
    mandatory: bool = False

    @property
    def units(self) -> list[int]:
        """主办 first, then 协办."""
        return [int(one) for one in ((self.main,) if self.main else ()) + self.helpers]


def read(fields: Mapping[str, Any]) -> Proposal:
    """A proposal from what the form kept; what is missing is empty."""
    due = fields.get("due_on")
    return Proposal(
        handling=str(fields.get("handling") or Incoming.Handling.READ),
        leaders=tuple(fields.get("leaders") or ()),
        main=str(fields.get("main") or ""),
        helpers=tuple(fields.get("helpers") or ()),
        due_on=date.fromisoformat(due) if isinstance(due, str) and due else due or None,
        readers=tuple(fields.get("readers") or ()),
        serial=bool(fields.get("serial")),
        mandatory=bool(fields.get("mandatory")),
    )


def faults(incoming: Incoming, given: Proposal) -> list[tuple[str, str]]:
    """What is wrong: field and sentence, in the order of the form.

    R02: of several units exactly one is 主办; R03: what is urgent has a deadline (条例第二十四条第四项).
    """
    found = []
    if given.helpers and not given.main:
        found.append(("main", "需要两个以上单位办理的，应当明确一个主办单位（条例第二十四条）。"))
    if given.main and given.main in given.helpers:
        found.append(("helpers", "主办单位不能同时列为协办单位。"))
    if given.units and given.handling == Incoming.Handling.READ:
        found.append(("handling", "有承办单位的是办件，请选择“办件”。"))
    hurried = incoming.urgency in (Urgency.URGENT, Urgency.CRITICAL)
    if hurried and given.due_on is None and (given.units or given.leaders or given.handling != Incoming.Handling.READ):
        found.append(("due_on", f"{incoming.get_urgency_display()}公文应当明确办理时限（条例第二十四条）。"))
    if given.due_on is not None and given.due_on < clock.today():
        found.append(("due_on", "办理时限不能早于今天。"))
    longest = rule("documents.incoming_deadline_days")
    if given.due_on is not None and given.due_on > clock.today() + timedelta(days=longest):
        found.append(("due_on", f"办理时限不能晚于{longest}天以后。"))
    return found
