"""Reading people: the address book, search by name, letters, organ, post or phone, and one person's posts."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.errors import Missing
from taihe.ground.vault.fields import blind

from ..models import Appointment, Officer, Organ, StandIn, in_force
from ..permissions import within

_PHONE = re.compile(r"^[+\d\s()-]{7,}$")
_LETTERS = re.compile(r"^[a-z]+$")


def find_officer(pk: int) -> Officer:
    """One officer.  Raises Missing."""
    found = Officer.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(what="该人员")
    return found


def matching(text: str) -> Q:
    """Officers whose name, letters, sign-in name or whole phone number match what was typed."""
    typed = text.strip()
    letters = typed.lower()
    if _PHONE.match(typed):
        return Q(phone_index=blind("phone", typed))
    if _LETTERS.match(letters):
        spelled = Q(pinyin__startswith=letters) | Q(pinyin__contains=f" {letters}")
        short = Q(initials__startswith=letters) | Q(initials__contains=f" {letters}")
        return spelled | short | Q(sign_in_name__startswith=letters)
    return Q(name__contains=typed) | Q(sign_in_name__startswith=letters)


def _matching_post(text: str) -> Q:
    """Appointments in an organ or post so named; several words must all match somewhere."""
    wanted = Q()
    for word in text.split():
        organ = Q(post__organ__name__contains=word) | Q(post__organ__short_name__contains=word)
        if _LETTERS.match(word.lower()):
            organ |= Q(post__organ__pinyin__contains=word.lower())
        person = Q(officer__in=Officer.objects.filter(matching(word)))
        wanted &= organ | Q(post__title__contains=word) | person
    return wanted


def address_book(
    *,
    text: str = "",
    letter: str = "",
    organ: Organ | None = None,
    paths: tuple[str, ...] = ("",),
    on: date | None = None,
) -> QuerySet[Appointment]:
    """Who holds which post on a day, in the order of organs and posts; one line per appointment.

    `organ` limits to it and all below; `paths` to what the asker may see; `letter` to names that
    begin with it in pinyin.  Officers who left or were locked are not listed.  Phone numbers come
    sealed: show ``officer.phone.masked()``.
    """
    held = Appointment.objects.filter(
        in_force(on or clock.today()), within(paths, "post__organ__"), officer__status=Officer.Status.ACTIVE
    )
    if organ is not None:
        held = held.filter(post__organ__path__startswith=organ.path)
    if letter:
        first = letter.lower()[:1]
        held = held.filter(Q(officer__initials__startswith=first) | Q(officer__initials__contains=f" {first}"))
    typed = text.strip()
    if typed and _PHONE.match(typed):
        held = held.filter(officer__in=Officer.objects.filter(matching(typed)))
    elif typed:
        held = held.filter(_matching_post(typed))
    order = ("post__organ__order", "post__organ__code", "post__order", "post_id", "-is_main", "officer_id")
    return held.select_related("officer", "post__organ").order_by(*order)


def search_officers(text: str, limit: int = 20) -> list[Officer]:
    """For pickers: active officers by name, letters, sign-in name or whole phone number."""
    if not text.strip():
        return []
    found = Officer.objects.filter(matching(text), status=Officer.Status.ACTIVE)
    return list(found.order_by("pinyin", "pk")[:limit])


def officers(
    *, text: str = "", status: str = "", paths: tuple[str, ...] = ("",), organ: Organ | None = None
) -> QuerySet[Officer]:
    """Accounts for the administrators' console, those without any post included when the whole county is covered."""
    found = Officer.objects.order_by("pinyin", "pk")
    if text.strip():
        found = found.filter(matching(text))
    if status:
        found = found.filter(status=status)
    if organ is not None:
        found = found.filter(pk__in=_ever_in((organ.path,)))
    return found if "" in paths else found.filter(pk__in=_ever_in(paths))


def _ever_in(paths: tuple[str, ...]) -> QuerySet[Appointment, int]:
    return Appointment.objects.filter(within(paths, "post__organ__")).values_list("officer_id", flat=True)


def posts_of(officer: Officer, on: date | None = None, *, ended: bool = False) -> QuerySet[Appointment]:
    """The officer's appointments on a day (default: today), main first; with `ended`, all there ever were."""
    held = Appointment.objects.filter(officer=officer).select_related("post__organ")
    if not ended:
        held = held.filter(in_force(on or clock.today()))
    return held.order_by("-is_main", "-valid_from", "pk")


def stand_ins_of(officer: Officer, on: date | None = None) -> QuerySet[StandIn]:
    """Who stands in, or will, for the officer, and for whom the officer does; ended ones are left out."""
    day = on or clock.today()
    concerned = Q(principal__officer=officer) | Q(deputy=officer)
    return (
        StandIn.objects.filter(concerned, valid_to__gte=day, status=StandIn.Status.ACTIVE)
        .select_related("principal__officer", "principal__post__organ", "deputy")
        .order_by("valid_from", "pk")
    )
