"""What may come in: every rule a letter must meet before its content is believed."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from taihe.ground import clock
from taihe.ground.digests import canonical
from taihe.ground.signing import CannotOpen, UnknownKey

from . import errors, spool
from .envelope import Content, Envelope, Header, Place, open_envelope, place_of, read_content
from .letters import Letter, letter_class
from .letters.base import MOST_BYTES
from .setup import GateSetup

# A file larger than any letter with its box, signature and header is not read at all (bytes).
FILE_LIMIT = 2 * MOST_BYTES + 64 * 1024


def read_envelope(setup: GateSetup, file: Path) -> Envelope:
    """Read and verify one spool file.  Raises LetterStopped, or FileNotFoundError when it has gone."""
    data = spool.read_whole(file, FILE_LIMIT)
    envelope = open_envelope(setup.ring, setup.peer, data, sm2=setup.sm2)
    header = envelope.header
    if (header.sender, header.receiver) != (setup.peer, setup.zone):
        raise errors.WrongAddress
    if place_of(file.name) != (header.lane, Place(header.epoch, header.sequence)):
        raise errors.WrongName
    return envelope


def _shape_of(header: Header, incoming: str) -> type[Letter]:
    shape = letter_class(header.kind, header.version)
    if shape is None:
        raise errors.UnknownKind(kind=header.kind, version=header.version)
    if shape.DIRECTION not in ("both", incoming):
        raise errors.WrongDirection(kind=header.kind)
    if shape.LANE != header.lane:
        raise errors.WrongLane(kind=header.kind, lane=header.lane)
    return shape


def check_time(envelope: Envelope) -> None:
    """Raises Expired; apart, since a person may let an expired letter in."""
    if envelope.header.expires_at < clock.now():
        raise errors.Expired(expires_at=clock.local(envelope.header.expires_at).strftime("%Y-%m-%d %H:%M"))


def inspect(setup: GateSetup, envelope: Envelope) -> tuple[Letter, Content]:
    """Check a verified letter against the whitelist.  Raises LetterStopped, which takes its number with it."""
    header = envelope.header
    shape = _shape_of(header, setup.incoming_direction)
    kind = header.kind
    if header.expires_at - header.sent_at > shape.EXPIRES:
        raise errors.BadBody(kind=kind, detail="有效期超过这类信件的上限")
    try:
        content = read_content(envelope.content, setup.ring, boxed=shape.PERSONAL)
        body = canonical(content.body)
    except (ValueError, RecursionError, CannotOpen, UnknownKey) as broken:
        raise errors.BadBody(kind=kind, detail="内容不完整，或加密方式不符") from broken
    if len(body) > shape.MAX_BYTES:
        raise errors.LetterTooLarge(kind=kind, limit=shape.MAX_BYTES)
    if len(content.enclosures) > shape.MAX_ATTACHMENTS or len(content.enclosures) != len(header.attachments):
        raise errors.BadBody(kind=kind, detail="附件件数不符合约定")
    if any(one.size > shape.MAX_ATTACHMENT_BYTES for one in content.enclosures):
        raise errors.BadBody(kind=kind, detail="附件大小超过上限")
    try:
        # JSON knows no moments or tuples: its own rules of reading, and strict in everything else
        letter = shape.model_validate_json(body, strict=True)
    except ValidationError as broken:
        detail = "；".join(f"{'.'.join(map(str, one['loc']))} {one['type']}" for one in broken.errors()[:5])
        raise errors.BadBody(kind=kind, detail=detail[:200]) from broken
    return letter, content
