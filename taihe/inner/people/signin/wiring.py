"""What sign-in tells the rest of the house at start: who asks, what he may, and when access ends."""

from __future__ import annotations

from taihe.ground.access import set_access
from taihe.ground.actor import Actor
from taihe.ground.ui.context import provide_person

from ..models import Officer, SessionNote
from ..permissions import may
from ..registry import AccessEnd, on_access_ended
from . import jobs  # noqa: F401  registrations
from .acting import actor_of, person_of
from .actions import end_sessions_of

set_access(actor_of=actor_of, may=may)
provide_person(person_of)

_WHY = {
    "locked": SessionNote.Ended.LOCKED,
    "left": SessionNote.Ended.LEFT,
    "password": SessionNote.Ended.PASSWORD,
}


@on_access_ended("signin.sessions")
def end_sessions(actor: Actor, officer: Officer, why: AccessEnd) -> None:
    """An account that was locked, left or got a new password keeps no session open."""
    end_sessions_of(actor, officer, _WHY[why])
