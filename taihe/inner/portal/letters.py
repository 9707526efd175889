"""What the public side tells the editorial office: what it serves, what it lacks, what it found."""

from __future__ import annotations

from taihe.gate.handlers import receives
from taihe.gate.letters.portal import PortalAlarm, PortalServed, PortalWanted
from taihe.ground.action import current_frame
from taihe.ground.outbox.actions import enqueue

from .release import actions


@receives(PortalServed)
def served(letter: PortalServed) -> None:
    actions.note_served(current_frame().actor, letter)


@receives(PortalAlarm)
def alarm(letter: PortalAlarm) -> None:
    actions.note_outer_alarm(current_frame().actor, letter)


@receives(PortalWanted)
def wanted(letter: PortalWanted) -> None:
    """Made ready and answered apart: it may be much."""
    if actions.note_highest(current_frame().actor, letter.highest):
        return  # what there is would be refused there; a release with a higher number follows
    if letter.everything:
        enqueue("portal.answer", {"again": True, "packs": True}, dedupe="portal.answer:everything")
    elif letter.digests:
        enqueue("portal.answer", {"digests": list(letter.digests)})
