"""Who takes a paper on after it came in: the office that proposes, the leaders that instruct, the units that handle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from taihe.ground import clock
from taihe.inner.people.models import Organ, OrganKind, OrganStatus, in_force
from taihe.inner.workflow.registry import Signer

from ..models import Series
from .signers import Held, held_posts, with_duty

CLERK = "document_clerk"
OFFICE = "办公室"
Choices = list[tuple[str, list[tuple[str, str]]]]


def current(organ: Organ) -> Organ:
    """The organ, or whoever took its work over when it was merged."""
    seen = set()
    while organ.status == OrganStatus.MERGED and organ.successor is not None and organ.pk not in seen:
        seen.add(organ.pk)
        organ = organ.successor
    return organ


def office_of(organ: Organ) -> Organ:
    """The office that works for an organ: the one its series name, else the 办公室 below it, else the organ itself."""
    found = Series.objects.filter(organ=organ, active_to__isnull=True).exclude(office=organ).select_related("office")
    first = found.order_by("pk").first()
    if first is not None:
        return first.office
    inside = Organ.objects.filter(in_force(clock.today()), parent=organ, kind=OrganKind.INTERNAL_OFFICE)
    return inside.filter(name__endswith=OFFICE).order_by("order", "code").first() or organ


def served_by(organ: Organ) -> list[Organ]:
    """The organ and those whose office it is: the county government's office forwards in its name, too."""
    ids = Series.objects.filter(office=organ, active_to__isnull=True).exclude(organ=organ).values("organ")
    return [organ, *Organ.objects.filter(pk__in=ids).order_by("order", "code")]


def clerks(organ: Organ) -> list[Signer]:
    """Posts that keep the papers of an organ, each for any of its holders."""
    posts = held_posts([organ.pk]).get(organ.pk, ())
    return [Signer(one.post.pk) for one in with_duty(posts, CLERK)]


def proposers(organ: Organ) -> list[Signer]:
    """拟办: the reviewers of the organ's office, or its clerks where nobody reviews."""
    office = office_of(organ)
    posts = held_posts([office.pk]).get(office.pk, ())
    found = with_duty(posts, "reviewer")
    if not found and office != organ:
        found = with_duty(held_posts([organ.pk]).get(organ.pk, ()), "reviewer")
    return [Signer(one.post.pk) for one in found] or clerks(organ) or clerks(office)


@dataclass(frozen=True)
class Leader:
    """Somebody a paper may be laid before: a person in a post."""

    post_id: int
    officer_id: int
    name: str
    title: str

    @property
    def value(self) -> str:
        """What a form sends."""
        return f"{self.post_id}-{self.officer_id}"


def leaders_of(organ: Organ) -> list[tuple[Organ, list[Leader]]]:
    """Signers of the organ, and of those it is the office of, in the order of rank (2 queries)."""
    bases = served_by(organ)
    return _leaders(bases, held_posts(one.pk for one in bases))


def _leaders(bases: Sequence[Organ], posts: Mapping[int, list[Held]]) -> list[tuple[Organ, list[Leader]]]:
    found = []
    for base in reversed(bases):
        rows = [
            Leader(one.post.pk, officer, name, f"{base.short_name}{one.post.title}")
            for one in with_duty(posts.get(base.pk, ()), "signer")
            for officer, name in zip(one.officers, one.names, strict=True)
        ]
        if rows:
            found.append((base, rows))
    return found


def chosen_leaders(organ: Organ, values: Iterable[str]) -> list[Leader]:
    """The leaders behind a form's values, in the order of rank; unknown ones are left out."""
    wanted = set(values)
    return [one for _, rows in leaders_of(organ) for one in rows if one.value in wanted]


def units_of(organ: Organ) -> list[Organ]:
    """What may be given to: offices and units right below the organ, or below one whose office it is (2 queries)."""
    return _units(organ, served_by(organ))


def _units(organ: Organ, bases: Sequence[Organ]) -> list[Organ]:
    rows = Organ.objects.filter(in_force(clock.today()), parent__in=[one.pk for one in bases]).exclude(pk=organ.pk)
    return list(rows.exclude(kind=OrganKind.SUPERIOR).order_by("order", "code"))


def desk_of_unit(unit: Organ, posts: Sequence[Held]) -> Signer | None:
    """Where a matter for a unit arrives: an office's head, another organ's clerk."""
    inside = unit.kind == OrganKind.INTERNAL_OFFICE
    for duty in ("reviewer", "signer", CLERK) if inside else (CLERK, "reviewer", "signer"):
        found = with_duty(posts, duty)
        if found:
            return Signer(found[0].post.pk)
    return Signer(posts[0].post.pk) if posts else None


def desks(units: Iterable[int]) -> list[Signer]:
    """One desk for each unit, in their order.  A unit where nobody sits any more has none."""
    wanted = list(units)
    rows, posts = Organ.objects.select_related("successor").in_bulk(wanted), held_posts(wanted)
    moved = held_posts(current(one).pk for one in rows.values() if one.status != OrganStatus.ACTIVE)
    found = []
    for pk in wanted:
        unit = current(rows[pk])
        signer = desk_of_unit(unit, posts.get(unit.pk) or moved.get(unit.pk) or [])
        if signer is not None:
            found.append(signer)
    return found


def choices(organ: Organ) -> tuple[list[tuple[Organ, list[Leader]]], Choices]:
    """For the form of 拟办: leaders, and units with somebody to take it, grouped by their kind (3 queries)."""
    bases = served_by(organ)
    units = _units(organ, bases)
    posts = held_posts(one.pk for one in (*bases, *units))
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in units:
        if posts.get(one.pk):
            groups.setdefault(one.get_kind_display(), []).append((str(one.pk), one.short_name))
    return _leaders(bases, posts), list(groups.items())
