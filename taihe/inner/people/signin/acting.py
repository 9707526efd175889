"""From which post the signed-in officer acts in this request, and the Actor that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.ui.context import Link, Person, Post

from ..models import Appointment, Officer, StandIn
from ..queries import ActingChoice, acting_choices, actor_for, default_acting
from .queries import must_have_factor
from .state import address_of, change_state, read_state, session_name


@dataclass(frozen=True)
class Acting:
    """What the switcher offers and what is in force; `lapsed` when the session's choice has ended."""

    officer: Officer
    choices: tuple[ActingChoice, ...]
    current: ActingChoice | None
    lapsed: bool


def officer_of(request: HttpRequest) -> Officer:
    """The signed-in officer.  Raises NotAllowed when nobody is."""
    user = getattr(request, "user", None)
    if not isinstance(user, Officer) or not user.is_authenticated:
        raise NotAllowed(what="办理业务")
    return user


def acting_of(request: HttpRequest) -> Acting:
    """Looked up once per request (3 queries): what ended yesterday is no longer among the choices."""
    known = getattr(request, "_acting", None)
    if isinstance(known, Acting):
        return known
    # request.user is a lazy wrapper; the models below want the row itself.
    officer = officer_of(request)
    state = read_state(request)
    choices = [one for one in acting_choices(officer) if one.kind != "duty" or _may_take_duty(request, officer)]
    kept = state.acting if state else ""
    current = next((one for one in choices if one.key == kept), None) if kept else None
    found = Acting(officer, tuple(choices), current or default_acting(choices), bool(kept) and current is None)
    if found.current is not None and found.current.key != kept:
        # Pinned from the first page on, so that a post's end is noticed and never slides into another unseen.
        change_state(request, acting=found.current.key)
    elif found.lapsed:
        change_state(request, acting="")
    request._acting = found  # type: ignore[attr-defined]
    return found


def _may_take_duty(request: HttpRequest, officer: Officer) -> bool:
    """An administrator acts as one only in a session opened with a second proof, where the rule asks for it."""
    state = read_state(request)
    return state is None or state.proved or not must_have_factor(officer)


def forget_acting(request: HttpRequest) -> None:
    """The choice just changed: look it up anew."""
    request.__dict__.pop("_acting", None)


def actor_of(request: HttpRequest) -> Actor:
    """The asker of a request in the acting post.  Raises NotAllowed when nobody is signed in."""
    found = acting_of(request)
    capacity = found.current.capacity if found.current else None
    return actor_for(found.officer, capacity, session_name(request), address_of(request))


def plain_actor(request: HttpRequest, officer: Officer) -> Actor:
    """The officer as a person, in no post: for what he does to his own account."""
    return actor_for(officer, None, session_name(request), address_of(request))


def door(request_address: str) -> Actor:
    """The door itself: acts while nobody has proved who stands before it."""
    return replace(Actor.system("登录"), address=request_address)


def _post(choice: ActingChoice, current: bool) -> Post:
    capacity = choice.capacity
    if isinstance(capacity, StandIn):
        held, behalf = capacity.principal, capacity.principal.officer.name
        return Post(choice.key, held.post.title, choice.organ_name, current, behalf)
    if isinstance(capacity, Appointment):
        return Post(choice.key, capacity.post.title, choice.organ_name, current)
    return Post(choice.key, choice.title, "县级管理员", current)


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in, as the top bar shows it; None when nobody is."""
    try:
        found = acting_of(request)
    except NotAllowed:
        return None
    return Person(
        name=found.officer.name,
        posts=tuple(_post(one, one is found.current) for one in found.choices),
        switch_url="/account/post/",
        sign_out_url="/signout/",
        links=(
            Link("我的账户", "/account/", "user-circle"),
            Link("密码与第二验证", "/account/second/", "shield-lock"),
            Link("登录会话", "/account/sessions/", "device-desktop"),
        ),
    )
