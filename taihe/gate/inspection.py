"""What may come in: every rule a letter must meet before its content is believed."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from taihe.ground import clock

from . import errors
from .envelope import Envelope, Header, open_envelope
from .letters import Letter, letter_class
from .letters.base import current_version
from .setup import GateSetup

# A file larger than any letter is not read at all (bytes).
FILE_LIMIT = 2 * 1024 * 1024


def read_envelope(setup: GateSetup, file: Path) -> Envelope:
    """Read and verify one spool file.  Raises LetterStopped."""
    if file.is_symlink() or not file.is_file():
        raise errors.NotALetter
    if file.stat().st_size > FILE_LIMIT:
        raise errors.TooLarge(limit=FILE_LIMIT)
    envelope = open_envelope(setup.ring, setup.peer, file.read_bytes(), sm2=setup.sm2)
    if (envelope.header.sender, envelope.header.receiver) != (setup.peer, setup.zone):
        raise errors.WrongAddress
    return envelope


def _shape_of(header: Header, incoming: str) -> type[Letter]:
    shape = letter_class(header.kind, header.version)
    if current_version(header.kind) is None or shape is None:
        raise errors.UnknownKind(kind=header.kind, version=header.version)
    if shape.DIRECTION not in ("both", incoming):
        raise errors.WrongDirection(kind=header.kind)
    if shape.LANE != header.lane:
        raise errors.WrongLane(kind=header.kind, lane=header.lane)
    return shape


def inspect(setup: GateSetup, envelope: Envelope, size: int) -> Letter:
    """Check a verified letter against the whitelist.  Raises LetterStopped, which takes its number with it."""
    header = envelope.header
    shape = _shape_of(header, setup.incoming_direction)
    if size > shape.MAX_BYTES:
        raise errors.LetterTooLarge(kind=header.kind, limit=shape.MAX_BYTES)
    if header.expires_at < clock.now():
        raise errors.Expired(expires_at=clock.local(header.expires_at).strftime("%Y-%m-%d %H:%M"))
    if header.expires_at - header.sent_at > shape.EXPIRES:
        raise errors.BadBody(kind=header.kind, detail="有效期超过这类信件的上限")
    try:
        return shape.model_validate(envelope.body)
    except ValidationError as broken:
        detail = "；".join(f"{'.'.join(map(str, one['loc']))} {one['type']}" for one in broken.errors()[:5])
        raise errors.BadBody(kind=header.kind, detail=detail) from broken
