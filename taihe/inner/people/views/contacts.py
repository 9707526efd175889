"""The address book, one person's page, and the number behind the mask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground import access, clock
from taihe.ground.formsafety.actions import once
from taihe.ground.ui import parts
from taihe.ground.vault.actions import reveal

from .. import queries
from ..forms.filters import BookFilter
from ..forms.officers import PhoneForm
from ..models import Appointment, Officer, Organ
from ..permissions import may
from ..queries import pages
from ..tables import BookTable, masked_phone
from .common import laid_out, signed_in

LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def book(request: HttpRequest) -> HttpResponse:
    """通讯录."""
    signed_in(request)
    form = BookFilter(request.GET or None, auto_id="filter_%s")
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    organ = queries.find_organ(asked["organ"]) if asked.get("organ") else None
    letter = str(asked.get("letter") or "").upper()
    found = queries.address_book(text=asked.get("q") or "", letter=letter if letter in LETTERS else "", organ=organ)
    known = {
        "form": form,
        "table": laid_out(request, BookTable(found)),
        "organ": organ,
        "letter": letter,
        "systems": _by_system(pages.top_organs()),
        "query": asked.get("q") or "",
    }
    return render(request, "inner_people/contacts.html", known)


def _by_system(organs: list[Organ]) -> list[tuple[str, str, list[Organ]]]:
    """System, its title and its organs, systems in the order of their first organ."""
    groups: dict[str, list[Organ]] = {}
    for one in organs:
        groups.setdefault(one.system, []).append(one)
    return [(key, listed[0].get_system_display(), listed) for key, listed in groups.items()]


def officer(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: posts now and before, how to reach them, who stands in."""
    actor = signed_in(request)
    person = queries.find_officer(pk)
    held = list(queries.posts_of(person, ended=True))
    now = [one for one in held if one.holds_on(clock.today())]
    here = person.status != Officer.Status.LEFT
    keeps = pages.keeps(actor, "people.edit_officers", person, held)
    oneself = actor.person_id == str(person.pk)
    known = {
        "person": person,
        "now": [(one, may(actor, "people.appoint", one.post.organ)) for one in now],
        "before": [one for one in held if one not in now],
        "phone": masked_phone(person.phone, person.pk, person.name),
        "stand_ins": queries.stand_ins_of(person),
        "grants": pages.grants_of(person) if keeps or oneself else (),
        "may_edit": here and keeps,
        "may_appoint": here and may(actor, "people.appoint"),
        "may_leave": here and pages.may_let_go(actor, person, held),
        "is_self": oneself,
        "facts": _facts(person, keeps),
    }
    return render(request, "inner_people/officer.html", known)


def _facts(person: Officer, keeps: bool) -> list[parts.Detail]:
    """What everybody sees of a person; remarks are for those who keep the register."""
    rows = [("姓名", person.name), ("电子邮箱", person.email), ("备注", person.note if keeps else "")]
    if person.left_on:
        rows.append(("离岗日期", str(person.left_on)))
    return [parts.Detail(name, value) for name, value in rows if value]


def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number, for a stated purpose; every look is kept in the audit record."""
    actor = access.actor_of(request)
    person = queries.find_officer(pk)
    form = PhoneForm(request.POST or None, request=request, oneself=actor.person_id == str(pk))
    number = ""
    if form.is_valid():
        asked = form.cleaned_data
        number = once(
            actor,
            form.form_key,
            lambda who: reveal(who, person.phone, purpose=asked["purpose"], note=asked["note"]),
            lambda _: request.path,
        ).result
    posts = list(queries.posts_of(person))
    known = {"person": person, "form": form, "number": number, "main": _main(posts)}
    answer = render(request, "inner_people/phone.html", known)
    answer["Cache-Control"] = "no-store"
    return answer


def _main(posts: list[Appointment]) -> str:
    return f"{posts[0].post.organ.short_name} {posts[0].post.title}" if posts else "没有在任的岗位"
