"""Whether a document goes up, down or sideways: read off the organ graph, never typed (条例第十四至十七条)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from taihe.inner.people.models import Organ, OrganKind

from . import recipients
from .models import Series

Direction = Literal["up", "down", "flat"]
_PARENTS = {OrganKind.GOV_DEPT: OrganKind.GOVERNMENT, OrganKind.PARTY_DEPT: OrganKind.PARTY_COMMITTEE}


def above(organ: Organ, other: Organ) -> bool:
    """Whether `other` leads the organ, through any number of levels, or guides it directly."""
    if other.pk == organ.pk:
        return False
    return other.contains(organ) or organ.guide_parent_id == other.pk


def speaks_for(organ: Organ) -> Organ | None:
    """The organ whose office this is: 办公室 of 党委 or 政府, authorised to write downwards (条例第十六条（二）)."""
    if organ.parent is None or _PARENTS.get(OrganKind(organ.kind)) != organ.parent.kind:
        return None
    office = Series.objects.filter(organ=organ.parent_id, office=organ).exists()
    return organ.parent if office else None


def direction_of(organ: Organ, main_organs: Sequence[Organ], names: Iterable[str] = ()) -> Direction:
    """The direction of a document of `organ` to these 主送 organs.

    One superior among them makes it 上行文; else one subordinate makes it 下行文; else it is 平行文.  `names` are
    主送 that are no organs of this system: superiors beyond the county are known by name.
    """
    if any(above(organ, one) for one in main_organs) or superior_names(organ, names):
        return "up"
    if any(above(one, organ) for one in main_organs):
        return "down"
    principal = speaks_for(organ) if main_organs else None
    if principal is not None and any(one.pk != organ.pk and above(one, principal) for one in main_organs):
        return "down"
    return "flat"


def superior_names(organ: Organ, names: Iterable[str]) -> list[str]:
    """Those of the names that are superiors of the organ beyond the county."""
    known = {one.name for one in recipients.outside() if one.over == organ.code}
    return [one for one in names if one in known]
