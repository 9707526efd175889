"""Making a release ready for the gate: packs, looked into here as they will be there, so that none is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from taihe.gate.enclosures import prepare
from taihe.gate.letters.portal import PAGE_KINDS, PortalObjects, PortalRelease
from taihe.gate.posting import Ready, post
from taihe.ground.releases import ObjectStore, Piece, write_packs
from taihe.ground.scanning import Limits, ScanReport, scan
from taihe.ground.signing.store import make_private_folder


class Stopped(Exception):
    """The gate would stop a pack: digests of the contents at fault, why, and whether a secret mark is among it."""

    def __init__(self, digests: frozenset[str], why: str, *, secret: bool) -> None:
        self.digests, self.why, self.secret = digests, why, secret
        super().__init__(why)


@dataclass(frozen=True)
class Luggage:
    """Packs made ready to travel, and their bytes together."""

    packs: tuple[Ready, ...]
    size: int


def pack_up(pieces: Iterable[Piece], store: ObjectStore) -> Luggage:
    """Packs of these contents, in the gate's own store.  Raises Stopped, ObjectLost or ObjectDamaged."""
    folder, all_pieces = store.folder / "packing", list(pieces)
    make_private_folder(folder)

    def read(piece: Piece) -> bytes:
        return store.read(piece.sha256, piece.size)

    _look_through([one for one in all_pieces if not one.compressed], read, folder)
    packs = []
    for number, pack in enumerate(write_packs(all_pieces, read, folder), 1):
        with pack:
            packs.append(prepare(pack, PortalObjects, name=f"pages-{number}.tar", mime="application/x-tar"))
    return Luggage(tuple(packs), sum(one.carried.size for one in packs))


def _look_through(pieces: list[Piece], read: Callable[[Piece], bytes], folder: Path) -> None:
    """Look into contents as the gate will.  Raises Stopped.

    Compressed forms are left out: they were made here of the same contents, and the gate unpacks them anyway.
    """
    for pack in write_packs(pieces, read, folder):
        with pack:
            report = _look_into(pack)
        if report.verdict != "clean":
            guilty = _guilty(report, pieces, read, folder)
            raise Stopped(guilty, report.reasons[:300], secret=report.secret_mark_found)


def _look_into(pack: BinaryIO) -> ScanReport:
    pack.flush()
    limits = replace(Limits.current(), allowed_kinds=PAGE_KINDS)
    return scan(Path(f"/proc/self/fd/{pack.fileno()}"), filename="pages.tar", limits=limits)


def _guilty(report: ScanReport, pieces: list[Piece], read: Callable[[Piece], bytes], folder: Path) -> frozenset[str]:
    """Digests of the contents at fault: their members' names begin with them.

    A report of a secret mark names no member, so that every content is looked at alone.
    """
    named = frozenset(one.member[:64] for one in report.findings if one.member)
    if named and not report.secret_mark_found:
        return named
    alone = ((one, next(write_packs([one], read, folder))) for one in pieces)
    return frozenset(piece.sha256 for piece, pack in alone if _look_into(pack).verdict != "clean")


def enclose_manifest(data: bytes) -> Ready:
    """The manifest, ready to travel."""
    return prepare(BytesIO(data), PortalRelease, name="manifest.txt", mime="text/plain")


def post_release(number: int, digest: str, signature: str, manifest: Ready, packs: tuple[Ready, ...]) -> None:
    """Post a release in the running action: its manifest with the first packs, the rest behind."""
    first = PortalRelease.MAX_ATTACHMENTS - 1
    letter = PortalRelease(number=number, manifest=digest, signature=signature, packs=len(packs))
    post(letter, files=(manifest, *packs[:first]))
    post_objects(number, packs[first:])


def post_objects(number: int, packs: tuple[Ready, ...]) -> None:
    """Post packs of a release in the running action."""
    for start in range(0, len(packs), PortalObjects.MAX_ATTACHMENTS):
        post(PortalObjects(number=number), files=packs[start : start + PortalObjects.MAX_ATTACHMENTS])
