"""Acting from another of one's posts, stand-ins or duties."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground.action import action, record
from taihe.ground.actor import Actor

from ..acting import acting_of, forget_acting
from ..errors import NoSuchPost
from ..state import State, change_state, read_state, seconds, write_state


@action("signin.switch_post")
def switch_post(actor: Actor, request: HttpRequest, key: str) -> str:
    """Act from another post from now on in this session; returns its title.

    Raises NoSuchPost for anything the officer may not act from today.
    """
    found = acting_of(request)
    chosen = next((one for one in found.choices if one.key == key), None)
    if chosen is None:
        raise NoSuchPost
    if read_state(request) is None:
        write_state(request, State(began=seconds(), seen=seconds(), proved=True))
    change_state(request, acting=chosen.key)
    forget_acting(request)
    record(
        found.officer,
        detail={"from": found.current.title if found.current else "", "to": chosen.title, "kind": chosen.kind},
    )
    return chosen.title
