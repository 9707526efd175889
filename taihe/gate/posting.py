"""How a feature puts a letter on its way: inside its action, through the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from taihe.ground.digests import canonical
from taihe.ground.outbox.actions import enqueue

from .envelope import Carried, Content, Enclosure, write_content
from .errors import CannotPost
from .letters import LANES, Lane, Letter, current_version
from .queries import peer_reads
from .setup import gate_setup


class Posted(BaseModel):
    """A letter on its way to the gate process: what it says (boxed when personal) and what travels with it."""

    model_config = ConfigDict(frozen=True)
    letter_id: str
    kind: str
    version: int
    lane: Lane
    content: dict[str, Any] | str
    attachments: tuple[Carried, ...] = ()


class Ready(BaseModel):
    """An attachment that was made ready to travel (see `enclosures.prepare`)."""

    model_config = ConfigDict(frozen=True)
    enclosure: Enclosure
    carried: Carried


def _check(letter: Letter, size: int, files: Sequence[Ready]) -> None:
    if size > letter.MAX_BYTES:
        raise CannotPost(why=f"文字超过 {letter.MAX_BYTES // 1024} KB")
    if len(files) > letter.MAX_ATTACHMENTS:
        raise CannotPost(why=f"附件多于 {letter.MAX_ATTACHMENTS} 件")
    for one in files:
        if one.enclosure.size > letter.MAX_ATTACHMENT_BYTES:
            limit = letter.MAX_ATTACHMENT_BYTES // (1024 * 1024)
            raise CannotPost(why=f"附件“{one.enclosure.name}”超过 {limit} MB")


def post(letter: Letter, *, files: Sequence[Ready] = ()) -> str:
    """Promise a letter to the other zone in the running action's transaction; returns the letter's id.

    The gate process seals and numbers it after the commit.  A letter with personal data is boxed here,
    so that no table of the gate ever holds it plain.  A zone not yet updated is written to in the older
    version where the letter can be told so.  Raises CannotPost for what is too large, and RuntimeError
    for a letter that may not leave this zone, which is a programming error.
    """
    setup = gate_setup()
    if letter.DIRECTION not in ("both", setup.direction):
        raise RuntimeError(f"{letter.KIND} may not travel {setup.direction}")
    if current_version(letter.KIND) is None:
        raise RuntimeError(f"{letter.KIND} is not on the whitelist")
    if not peer_reads(letter.KIND, letter.VERSION):
        letter = letter.downgraded() or letter
    body = letter.model_dump(mode="json")
    _check(letter, len(canonical(body)), files)
    content = Content(body=body, enclosures=tuple(one.enclosure for one in files))
    posted = Posted(
        letter_id=uuid.uuid4().hex,
        kind=letter.KIND,
        version=letter.VERSION,
        lane=letter.LANE,
        content=write_content(content, setup.ring, box_for=setup.peer if letter.PERSONAL else None),
        attachments=tuple(one.carried for one in files),
    )
    enqueue("gate.seal", posted.model_dump(mode="json"), priority=LANES.index(letter.LANE))
    return posted.letter_id
