"""Writing many checked rows at once, for imports and seeds; each caller is an action with its own entry."""

from __future__ import annotations

from collections.abc import Sequence

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.search.sources import touch_many

from ..importing import OfficerDraft, OrganDraft
from ..models import Appointment, Officer, Organ, OrganEvent, OrganEventKind
from ..permissions import forget
from ..registry import tell_organ_changed
from ..search import OFFICER
from .officers import new_officer
from .organs import search_letters
from .rows import named

BATCH = 500


def load_organs(actor: Actor, drafts: Sequence[OrganDraft], basis: str) -> list[Organ]:
    """Insert checked organs, parents before children, each with its event of establishment."""
    standing = dict(Organ.objects.filter(code__in=_codes_named(drafts)).in_bulk(field_name="code"))
    waiting, made = list(drafts), list[Organ]()
    while waiting:
        ready = [one for one in waiting if not one.parent or one.parent in standing]
        waiting = [one for one in waiting if one.parent and one.parent not in standing]
        if not ready:
            raise RuntimeError("organs in a circle passed the check")
        layer = Organ.objects.bulk_create([_organ(one, standing) for one in ready], batch_size=BATCH)
        standing |= {one.code: one for one in layer}
        made += layer
    _link(drafts, standing)
    events = OrganEvent.objects.bulk_create([_established(actor, one, basis) for one in made], batch_size=BATCH)
    forget()
    for event in events:
        tell_organ_changed(actor, event)
    return made


def _codes_named(drafts: Sequence[OrganDraft]) -> set[str]:
    return {code for one in drafts for code in (one.parent, one.guide_parent, one.host) if code}


def _organ(draft: OrganDraft, standing: dict[str, Organ]) -> Organ:
    organ = Organ(
        code=draft.code,
        name=draft.name,
        short_name=draft.short_name,
        pinyin=search_letters(draft.short_name),
        kind=draft.kind,
        system=draft.system,
        parent=standing.get(draft.parent),
        order=draft.order,
        credit_code=draft.credit_code,
        valid_from=draft.valid_from,
        note=draft.note,
    )
    organ.path = organ.path_below(organ.parent)
    return organ


def _link(drafts: Sequence[OrganDraft], standing: dict[str, Organ]) -> None:
    """Guides and hosts may stand anywhere in the file, so they are written when all are there."""
    linked = [one for one in drafts if one.guide_parent or one.host]
    for one in linked:
        organ = standing[one.code]
        organ.guide_parent, organ.host = standing.get(one.guide_parent), standing.get(one.host)
    Organ.objects.bulk_update([standing[one.code] for one in linked], ["guide_parent", "host"], batch_size=BATCH)


def _established(actor: Actor, organ: Organ, basis: str) -> OrganEvent:
    return OrganEvent(
        organ=organ,
        kind=OrganEventKind.ESTABLISHED,
        on=organ.valid_from,
        after_name=organ.name,
        after_parent=organ.parent.name if organ.parent else "",
        basis=basis[:200],
        recorded_at=clock.now(),
        recorded_by_name=named(actor),
    )


def load_officers(drafts: Sequence[OfficerDraft], *, password: str = "", basis: str = "") -> list[Officer]:
    """Insert checked officers and their appointments; `password` is a ready hash they all share (demo only)."""
    people: dict[str, Officer] = {}
    for one in drafts:
        if one.sign_in in people:
            continue
        person = new_officer(sign_in_name=one.sign_in, name=one.name, phone=one.phone, email=one.email, note=one.note)
        if password:
            person.password, person.must_change_password, person.password_set_at = password, False, clock.now()
        people[one.sign_in] = person
    made = Officer.objects.bulk_create(people.values(), batch_size=BATCH)
    Appointment.objects.bulk_create(
        [
            Appointment(
                officer=people[one.sign_in],
                post=one.post,
                is_main=one.is_main,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                basis=basis[:200],
            )
            for one in drafts
        ],
        batch_size=BATCH,
    )
    touch_many(OFFICER, [one.pk for one in made])
    forget()
    return made
