"""The only writers of notes."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from taihe.gate.enclosures import prepare
from taihe.gate.handlers import receives
from taihe.gate.posting import post
from taihe.ground.action import action, current_frame, record
from taihe.ground.actor import Actor

from .letters import NEWEST, SOMEWHERE, NoteV1, NoteV2
from .models import Note

LINES = 400


def file_of(number: int) -> bytes:
    """What is attached to a note: some thousand bytes, never the same."""
    return "".join(f"演示附件 {number} 第 {line} 行\n" for line in range(LINES)).encode()


@action("toys.send")
def _send(actor: Actor, number: int, text: str, place: str, files: list[Any], digest: str) -> None:
    row = Note(outgoing=True, number=number, text=text, place=place, file=digest)
    row.save()
    fields: dict[str, Any] = {"number": number, "text": text}
    post(NoteV1(**fields) if NEWEST == 1 else NoteV2(**fields, place=place), files=files)
    record(row)


def send(actor: Actor, number: int, *, place: str = SOMEWHERE, attached: bool = True) -> None:
    """Write a note to the other zone."""
    files, digest = [], ""
    if attached:
        data = file_of(number)
        digest = hashlib.sha256(data).hexdigest()
        files = [prepare(io.BytesIO(data), NoteV1, name="演示.txt", mime="text/plain")]
    _send(actor, number, f"演示便笺 {number}", place, files, digest)


@receives(NoteV1 if NEWEST == 1 else NoteV2)
def note(letter: Any, files: tuple[Any, ...] = ()) -> None:
    """A note of the other zone has come, with its file whole."""
    current_frame()
    digest = ""
    for one in files:
        with one.open() as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
    Note(
        outgoing=False, number=letter.number, text=letter.text, place=getattr(letter, "place", SOMEWHERE), file=digest
    ).save()
