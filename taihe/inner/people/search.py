"""What the county's search finds of organs and people: every signed-in official both, nobody a phone number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import models
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.search.sources import Document, register_source, touch, touch_many

from .models import Appointment, Officer, Organ, OrganEvent, OrganEventKind, in_force
from .registry import on_organ_changed

ORGAN, OFFICER = "people.organ", "people.officer"
# The word that every signed-in official holds.
OFFICIALS = "officials"


def reader_scopes(actor: Actor) -> tuple[str, ...]:
    """The scopes under which an asker searches."""
    return (OFFICIALS,) if actor.kind == "officer" else ()


def _organs(keys: list[str]) -> Iterable[Document]:
    former: dict[int, list[str]] = defaultdict(list)
    for event in OrganEvent.objects.filter(organ__in=map(int, keys), kind="renamed"):
        former[event.organ_id].append(event.before_name)
    for one in Organ.objects.filter(pk__in=keys).select_related("parent", "successor"):
        above = one.parent.name if one.parent else ""
        state = "" if one.status == "active" else one.get_status_display()
        words = [one.short_name, one.get_kind_display(), above, state, *former[one.pk], one.note]
        yield Document(
            kind=ORGAN,
            key=str(one.pk),
            title=one.name,
            text=" ".join(word for word in words if word),
            url=reverse("people:organ", args=[one.pk]),
            scopes=(OFFICIALS,),
            also=(one.code, *one.pinyin.split()),
        )


def _officers(keys: list[str]) -> Iterable[Document]:
    posts: dict[int, list[str]] = defaultdict(list)
    held = Appointment.objects.filter(in_force(clock.today()), officer__in=map(int, keys)).select_related("post__organ")
    for one in held.order_by("-is_main", "pk"):
        posts[one.officer_id].append(f"{one.post.organ.short_name} {one.post.title}")
    for person in Officer.objects.filter(pk__in=keys).exclude(status=Officer.Status.LEFT):
        yield Document(
            kind=OFFICER,
            key=str(person.pk),
            title=person.name,
            text="、".join(posts[person.pk]) or "没有在任的岗位",
            url=reverse("people:officer", args=[person.pk]),
            scopes=(OFFICIALS,),
            also=(person.sign_in_name, *person.pinyin.split(), *person.initials.split()),
        )


def touched(row: models.Model) -> None:
    """Say inside an action that a row has changed; rows that no document shows are passed over."""
    if isinstance(row, Organ):
        touch(ORGAN, row.pk)
    elif isinstance(row, Officer):
        touch(OFFICER, row.pk)
    elif isinstance(row, Appointment):
        touch(OFFICER, row.officer_id)


@on_organ_changed("people.search")
def _organ_changed(actor: Actor, event: OrganEvent) -> None:
    """A new name stands in the documents of the organs below and of the people within, too."""
    touch(ORGAN, event.organ_id)
    if event.kind == OrganEventKind.ESTABLISHED:
        return
    around = [event.organ_id, *([event.into_id] if event.into_id else [])]
    below = Organ.objects.filter(parent__in=around).values_list("pk", flat=True)
    touch_many(ORGAN, {*around, *below})
    held = Appointment.objects.filter(in_force(event.on), post__organ__in=around)
    touch_many(OFFICER, set(held.values_list("officer_id", flat=True)))


def _all(model: type[Organ] | type[Officer]) -> Iterable[str]:
    return (str(pk) for pk in model._default_manager.order_by("pk").values_list("pk", flat=True))


register_source(ORGAN, load=_organs, keys=lambda: _all(Organ))
register_source(OFFICER, load=_officers, keys=lambda: _all(Officer))
