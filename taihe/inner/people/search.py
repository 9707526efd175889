"""What the county's search finds of organs and people: every signed-in official both, nobody a phone number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.search.sources import Document, register_source

from .models import Appointment, Officer, Organ, OrganEvent, in_force

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


def _all(model: type[Organ] | type[Officer]) -> Iterable[str]:
    return (str(pk) for pk in model._default_manager.order_by("pk").values_list("pk", flat=True))


register_source(ORGAN, load=_organs, keys=lambda: _all(Organ))
register_source(OFFICER, load=_officers, keys=lambda: _all(Officer))
