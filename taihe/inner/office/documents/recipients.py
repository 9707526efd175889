"""Who 各乡镇人民政府 and the other customary addressees are on a day, organ by organ.

The names are what is printed; the organs are what the paper is sent to.  Leading groups, their offices and
internal offices receive nothing in their own name: whoever carries them does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taihe.ground import clock
from taihe.ground.errors import BadSetup
from taihe.inner.people.models import Organ, OrganKind, OrganStatus, in_force

from .models import Document

FILE = "recipients.yaml"
SILENT = (OrganKind.INTERNAL_OFFICE, OrganKind.LEADING_GROUP, OrganKind.LEADING_GROUP_OFFICE, OrganKind.SUPERIOR)
"""Kinds that receive no document of their own."""


class Group(BaseModel):
    """One customary addressee: how it is printed, and which organs it means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z_]{2,40}$")
    title: str = Field(min_length=2, max_length=60)
    kinds: tuple[OrganKind, ...] = ()
    system: str = ""
    under: str = ""
    within: str = ""
    codes: tuple[str, ...] = ()
    excepted: Annotated[tuple[str, ...], Field(alias="except")] = ()
    except_under: str = ""
    since: Annotated[date | None, Field(alias="from")] = None
    until: Annotated[date | None, Field(alias="to")] = None

    def in_force(self, on: date) -> bool:
        """Whether the county uses this group on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def holds(self, organ: Organ) -> bool:
        """Whether an organ in being belongs to the group."""
        if organ.code in self.excepted or organ.kind in SILENT:
            return False
        if organ.code in self.codes:
            return True
        above = organ.path.split("/")[:-2]
        wanted = (
            organ.kind in self.kinds,
            not self.system or organ.system == self.system,
            not self.under or above[-1:] == [self.under],
            not self.within or self.within in above,
            not self.except_under or above[-1:] != [self.except_under],
        )
        return all(wanted)


class Outside(BaseModel):
    """A superior beyond the county: only its name is known here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    over: str
    skips: str = ""


@dataclass(frozen=True)
class Resolved:
    """One organ that a document goes to, under which of its lines; `text` is that line as printed."""

    organ: Organ
    role: Literal["main", "cc"]
    order: int
    text: str


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> tuple[tuple[Group, ...], tuple[Outside, ...]]:
    raw: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) or {}
    try:
        groups = tuple(Group.model_validate(one) for one in raw.get("groups", ()))
        outside = tuple(Outside.model_validate(one) for one in raw.get("outside", ()))
    except ValidationError as bad:
        places = "、".join(".".join(map(str, fault["loc"])) for fault in bad.errors())
        raise BadSetup(what=f"{FILE} 不合规定：{bad.title} 的 {places}。", fix="请改正后重试。") from bad
    return groups, outside


def _file() -> tuple[tuple[Group, ...], tuple[Outside, ...]]:
    file = Path(settings.COUNTY_DIR) / FILE
    return _read(file, file.stat().st_mtime_ns) if file.exists() else ((), ())


def groups(on: date | None = None) -> list[Group]:
    """The groups in use on a day (default: today), in the order of the file."""
    day = on or clock.today()
    return [one for one in _file()[0] if one.in_force(day)]


def outside() -> tuple[Outside, ...]:
    """The superiors beyond the county."""
    return _file()[1]


def _standing(on: date) -> list[Organ]:
    """Organs in being that may receive, in their order (1 query)."""
    rows = Organ.objects.filter(in_force(on)).exclude(kind__in=SILENT).order_by("order", "code")
    return list(rows)


def expand(group_key: str, on: date | None = None) -> list[Organ]:
    """The organs of a group that stand on a day, in their order; empty for a group not in use."""
    day = on or clock.today()
    group = next((one for one in groups(day) if one.key == group_key), None)
    return [one for one in _standing(day) if group.holds(one)] if group else []


def resolve(document: Document, on: date | None = None) -> list[Resolved]:
    """The organs a document goes to by its lines, each once: 主送 before 抄送, in the order of lines and organs.

    Never the sender.  An organ that was merged is its successor; one that ended without one is left out.
    """
    day = on or clock.today()
    lines = sorted(document.addressees.select_related("organ"), key=lambda one: (one.role != "main", one.order))
    standing = _standing(day)
    by_key = {one.key: one for one in groups(day)}
    found: dict[int, Resolved] = {}
    for line in lines:
        if line.group:
            group = by_key.get(line.group)
            organs: Iterable[Organ] = [one for one in standing if group.holds(one)] if group else []
        else:
            organs = _receiving(line.organ, day)
        for organ in organs:
            if organ.pk != document.organ_id and organ.pk not in found:
                found[organ.pk] = Resolved(organ, line.role, len(found) + 1, line.text)  # type: ignore[arg-type]
    return list(found.values())


def _receiving(organ: Organ | None, on: date) -> list[Organ]:
    """The organ that takes in what is addressed to this one on a day."""
    seen: set[int] = set()
    while organ is not None and organ.pk not in seen:
        seen.add(organ.pk)
        if not organ.holds_on(on):
            organ = organ.successor if organ.status == OrganStatus.MERGED else None
        elif organ.kind in (OrganKind.LEADING_GROUP, OrganKind.LEADING_GROUP_OFFICE):
            organ = organ.host or organ.parent
        elif organ.kind == OrganKind.INTERNAL_OFFICE:
            organ = organ.parent
        else:
            return [] if organ.kind == OrganKind.SUPERIOR else [organ]
    return []
