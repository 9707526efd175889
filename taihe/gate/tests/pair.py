"""A gate in one process: this zone's half is real, the other zone is played with its own keys and real envelopes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from joserfc import jws

from taihe.gate import spool
from taihe.gate.enclosures import _Boxed, part_names
from taihe.gate.envelope import (
    PURPOSE,
    Carried,
    Content,
    Enclosure,
    Envelope,
    Header,
    file_name,
    open_envelope,
    place_of,
    seal,
    write_content,
)
from taihe.gate.half import Half
from taihe.gate.letters import GENESIS, LANES, Letter
from taihe.gate.receipts import Receipt
from taihe.gate.setup import GateSetup
from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.digests import canonical
from taihe.ground.outbox.worker import drain
from taihe.ground.signing import SM2, X25519, KeyRing, mark_demo, sm2_purpose

ASKER = Actor.system("试")


def make_ring(folder: Path) -> KeyRing:
    """The keys of one half."""
    ring = KeyRing(folder)
    mark_demo(folder)
    for purpose, algorithm in {
        "gate": "Ed25519",
        sm2_purpose("gate"): SM2,
        "gate-box": X25519,
        "audit": "Ed25519",
    }.items():
        ring.ensure(purpose, algorithm)
    return ring


def introduce(one: KeyRing, other: KeyRing, name: str) -> None:
    """Show `one` the public keys of `other`, known to it as `name`."""
    one.import_peer(
        name, other.export_public("gate", sm2_purpose("gate"), "gate-box", "audit"), other.fingerprint("gate")
    )


class OldNote(Letter):
    """A note as the release before last wrote it."""

    KIND: ClassVar[str] = "test.note"
    VERSION: ClassVar[int] = 1
    DIRECTION = "both"
    text: str


class NoteBefore(Letter):
    """A note as the last release wrote it."""

    KIND: ClassVar[str] = "test.note"
    VERSION: ClassVar[int] = 2
    DIRECTION = "both"
    text: str

    def upgraded(self) -> Letter:
        return Note(text=self.text, number=-1)


class Note(Letter):
    """A note as this release writes it."""

    KIND: ClassVar[str] = "test.note"
    VERSION: ClassVar[int] = 3
    DIRECTION = "both"
    MAX_BYTES: ClassVar[int] = 4096
    text: str
    number: int = 0

    def downgraded(self) -> Letter | None:
        return NoteBefore(text=self.text) if self.text != "只有新版能写" else None


class Bell(Letter):
    """An urgent letter."""

    KIND: ClassVar[str] = "test.bell"
    DIRECTION = "both"
    LANE = "urgent"
    number: int


class Outward(Letter):
    """May only leave the inner zone."""

    KIND: ClassVar[str] = "test.outward"
    DIRECTION = "inner-to-outer"
    number: int


class Inward(Letter):
    """May only leave the outer zone."""

    KIND: ClassVar[str] = "test.inward"
    DIRECTION = "outer-to-inner"
    number: int


class Plea(Letter):
    """A letter with personal data."""

    KIND: ClassVar[str] = "test.plea"
    DIRECTION = "both"
    PERSONAL = True
    MAX_ATTACHMENTS: ClassVar[int] = 2
    MAX_ATTACHMENT_BYTES: ClassVar[int] = 200_000
    name: str
    text: str


class Parcel(Letter):
    """A letter with attachments."""

    KIND: ClassVar[str] = "test.parcel"
    DIRECTION = "both"
    LANE = "bulk"
    MAX_ATTACHMENTS: ClassVar[int] = 3
    MAX_ATTACHMENT_BYTES: ClassVar[int] = 200_000
    number: int = 0


TEST_LETTERS: tuple[type[Letter], ...] = (NoteBefore, Note, Bell, Outward, Inward, Plea, Parcel)


@action("test.post")
def post_letters(actor: Actor, letters: Iterable[Letter], files: Any = ()) -> list[str]:
    """An action of some module that puts letters on their way."""
    from taihe.gate.posting import post

    ids = [post(one, files=files) for one in letters]
    record(("letters", str(len(ids)), "试"))
    return ids


@dataclass
class Peer:
    """The other zone, played: it numbers, chains and signs like a real half, or wrongly when asked to."""

    setup: GateSetup
    ring: KeyRing
    epoch: int = 1
    parts: dict[str, bytes] = field(default_factory=dict)
    sealed: dict[Path, bytes] = field(default_factory=dict)
    ends: dict[str, tuple[int, str]] = field(default_factory=lambda: dict.fromkeys(LANES, (0, GENESIS)))

    def seal(self, letter: Letter, *, ring: KeyRing | None = None, body: Any = None, files: Any = (), **given: Any):
        """The next letter of its lane: (file name, bytes, envelope digest); header fields may be given otherwise."""
        lane = given.get("lane", letter.LANE)
        sequence, digest = self.ends[lane]
        now = clock.now()
        header = {
            "letter_id": uuid.uuid4().hex,
            "sender": self.setup.peer,
            "receiver": self.setup.zone,
            "epoch": self.epoch,
            "lane": lane,
            "sequence": sequence + 1,
            "previous": digest,
            "kind": letter.KIND,
            "version": letter.VERSION,
            "sent_at": now,
            "expires_at": now + letter.EXPIRES,
            "attachments": tuple(carried for carried, _ in files),
        } | given
        content = Content(
            body=letter.model_dump(mode="json") if body is None else body,
            enclosures=tuple(enclosure for _, enclosure in files),
        )
        written = write_content(content, self.ring, box_for=self.setup.zone if letter.PERSONAL else None)
        data, own = seal(ring or self.ring, Header.model_validate(header), written, sm2=self.setup.sm2)
        return file_name(header["lane"], header["epoch"], header["sequence"]), data, own

    def send(self, letter: Letter, *, deliver: bool = True, **given: Any) -> Path:
        """Seal the next letter and let it arrive (or get lost, with deliver=False)."""
        name, data, own = self.seal(letter, **given)
        claimed = place_of(name)
        assert claimed
        self.ends[claimed[0]] = (claimed[1].sequence, own)
        path = self.setup.incoming / name
        self.sealed[path] = data
        if deliver:
            path.write_bytes(data)
        return path

    def again(self, *paths: Path) -> None:
        """Let letters sent before arrive (again)."""
        for path in paths:
            path.write_bytes(self.sealed[path])

    def pack(
        self, data: bytes, name: str, mime: str = "", *, personal: bool = False, parts: int = 3, arrive: bool = True
    ):
        """An attachment of the other zone as (carried, enclosure); its parts arrive unless told otherwise."""
        boxed = _Boxed(io.BytesIO(data), self.setup.zone, self.ring)
        whole = b"".join(iter(lambda: boxed.read(65536), b"")) if personal else data
        carried = Carried(sha256=hashlib.sha256(whole).hexdigest(), size=len(whole), parts=parts)
        length = -(-len(whole) // parts)
        for number, part in enumerate(part_names(carried)):
            self.parts[part] = whole[number * length : (number + 1) * length]
            if arrive:
                (self.setup.incoming / part).write_bytes(self.parts[part])
        return carried, Enclosure(sha256=hashlib.sha256(data).hexdigest(), size=len(data), name=name, mime=mime)

    def resync(self, epoch: int) -> None:
        """A new epoch: numbers start again."""
        self.epoch, self.ends = epoch, dict.fromkeys(LANES, (0, GENESIS))

    def receipt(self, lane: str, upto: int, digest: str, *, ring: KeyRing | None = None, **given: Any) -> Path:
        """Let a receipt arrive."""
        note = {
            "sender": self.setup.peer,
            "receiver": self.setup.zone,
            "lane": lane,
            "epoch": 1,
            "upto": upto,
            "digest": digest,
            "at": clock.now(),
        } | given
        key = (ring or self.ring).jwk(PURPOSE, private=True)
        payload = canonical(Receipt.model_validate(note).model_dump(mode="json"))
        token = jws.serialize_compact({"alg": "Ed25519", "kid": str(key.kid)}, payload, key, algorithms=["Ed25519"])
        path = self.setup.incoming / f"{lane}-{time.time_ns()}.receipt"
        path.write_bytes(token.encode())
        return path

    def acknowledge(self, **given: Any) -> None:
        """A true receipt for everything this zone has sent so far, per lane."""
        ends: dict[str, Envelope] = {}
        for one in self.arrived():
            ends[one.header.lane] = one
        for lane, last in ends.items():
            self.receipt(lane, last.header.sequence, last.digest, **({"epoch": last.header.epoch} | given))

    def arrived(self) -> list[Envelope]:
        """What this zone's half has put out, verified as the other zone would, in order of lane and number."""
        found = spool.look(self.setup.out).letters
        files = [file for lane in LANES for _, file in sorted(found.get(lane, []))]
        return [open_envelope(self.ring, self.setup.zone, one.read_bytes(), sm2=self.setup.sm2) for one in files]

    def receipts(self) -> dict[str, dict[str, Any]]:
        """The newest receipt of each lane that lies in the outgoing folder, verified."""
        found = {}
        for file in sorted(self.setup.out.glob("*.receipt")):
            key_id = jws.extract_compact(file.read_bytes()).headers()["kid"]
            key = self.ring.jwk(PURPOSE, key_id=key_id, peer=self.setup.zone)
            note = json.loads(jws.deserialize_compact(file.read_bytes(), key, algorithms=["Ed25519"]).payload)
            found[note["lane"]] = note
        return found


def body_of(letter: Envelope) -> dict[str, Any]:
    """The body of a letter that is not boxed."""
    assert isinstance(letter.content, dict)
    return dict(letter.content["body"])


@dataclass
class Pair:
    """Both ends: `half` is this zone's, `peer` plays the other."""

    setup: GateSetup
    half: Half
    peer: Peer
    handled: list[Letter]

    def turn(self, times: int = 1) -> None:
        """Rounds of this zone's gate and worker."""
        for _ in range(times):
            self.half.turn()
            drain("main")

    def post(self, *letters: Letter, files: Any = ()) -> list[str]:
        """Post letters from this zone and let the gate spool them."""
        ids = post_letters(ASKER, letters, files)
        self.turn()
        return ids

    def drop(self, name: str, data: bytes = b"", *, seconds_old: float = 3600) -> Path:
        """A file that somebody puts into the incoming folder, already lying there for a while."""
        path = self.setup.incoming / name
        path.write_bytes(data)
        return aged(path, seconds_old)

    def numbers(self) -> list[int]:
        """The numbers of the test letters carried out so far, in order."""
        return [one.number for one in self.handled]  # type: ignore[attr-defined]


def aged(path: Path, seconds: float = 3600) -> Path:
    """Set a file's date back."""
    then = time.time() - seconds
    os.utime(path, (then, then), follow_symlinks=False)
    return path


DAY = timedelta(days=1)
__all__ = ["ASKER", "DAY", "TEST_LETTERS", "Carried", "Enclosure", "Pair", "Peer"]
