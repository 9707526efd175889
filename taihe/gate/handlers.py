"""Who carries out which kind of letter: modules register, the worker calls (T2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

from taihe.ground import clock
from taihe.ground.digests import canonical
from taihe.ground.outbox.registry import handler

from . import actions
from .envelope import Enclosure, read_content
from .letters import Letter, letter_class
from .letters.gate import Heartbeat, Probe, ProbeAnswer
from .models import InLetter
from .posting import post
from .setup import gate_setup
from .watch.actions import note_answer, note_heartbeat, note_probe

F = TypeVar("F", bound=Callable[..., None])
_handlers: dict[str, Callable[..., None]] = {}


class ReceivedFile(Enclosure):
    """An attachment of a letter being carried out: whole, verified, scanned and clean."""

    def open(self) -> BinaryIO:
        """The file, for reading; whoever needs it longer than the handler runs stores it himself."""
        return gate_setup().received_files.open(self.sha256)


def receives(shape: type[Letter]) -> Callable[[F], F]:
    """Register the function that carries out a kind of letter; a doubled kind is a start-up error.

    It is called as ``function(letter)``, or ``function(letter, files)`` for a kind that may carry
    attachments (a tuple of `ReceivedFile`), inside the worker's transaction.
    """

    def decorate(function: F) -> F:
        if shape.KIND in _handlers:
            raise RuntimeError(f"letter {shape.KIND} has two handlers")
        _handlers[shape.KIND] = function
        return function

    return decorate


@handler("gate.deliver", max_attempts=10)
def deliver(payload: dict[str, Any]) -> None:
    """Carry out one stored letter: effect and status in one transaction."""
    row = InLetter.objects.select_for_update().get(pk=payload["letter"])
    if row.handled_at:
        return
    shape = letter_class(row.kind, row.version)
    carry_out = _handlers.get(row.kind)
    if shape is None or carry_out is None or row.content is None:
        raise RuntimeError(f"no handler for letter {row.kind} v{row.version}")
    content = read_content(row.content, gate_setup().ring, boxed=shape.PERSONAL)
    letter = shape.model_validate_json(canonical(content.body), strict=True).upgraded()
    if letter.MAX_ATTACHMENTS:
        carry_out(letter, tuple(ReceivedFile.model_validate(one.model_dump()) for one in content.enclosures))
    else:
        carry_out(letter)
    actions.mark_handled(row)


@handler("gate.seal", queue="gate")
def seal_posted(_payload: dict[str, Any]) -> None:
    """Posted letters are sealed by the gate process, many at once (`sealing`); no worker takes them."""
    raise RuntimeError("the gate process seals letters itself")


@receives(Heartbeat)
def heartbeat(letter: Heartbeat) -> None:
    note_heartbeat(letter)


@receives(Probe)
def probe(letter: Probe) -> None:
    note_probe(letter.number, letter.LANE)
    post(ProbeAnswer(number=letter.number, arrived_at=clock.now()))


@receives(ProbeAnswer)
def probe_answer(letter: ProbeAnswer) -> None:
    note_answer(letter.number, letter.arrived_at)
