"""How a release that came through the gate gets onto the disk: verified, on both copies, and only then switched to.

Runs in the worker, outside any transaction, and bears being run twice.  A release that lacks contents waits on
the disk, named by nothing, until they come; so order does not matter, and the highest complete one is taken.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from taihe.ground.errors import CountyError
from taihe.ground.killpoints import killpoint
from taihe.ground.releases import BadPack, Manifest, ObjectDamaged, ObjectLost, read_pack
from taihe.ground.signing.store import make_private_folder

from . import actions, queries
from .actions import SITE
from .disk import Disk, Signed
from .errors import BrokenReleaseChain, OldRelease
from .trust import Trust

log = logging.getLogger(__name__)
AT_ONCE = 500


@dataclass(frozen=True)
class Waiting:
    """A believed release on the disk that is newer than what was accepted, and what it lacks."""

    manifest: Manifest
    signed: Signed
    missing: tuple[str, ...]


def keep_arrival(disk: Disk, sha256: str, received: Path) -> None:
    """Keep an attachment beyond the life of its letter: the same file under a second name, or a copy."""
    make_private_folder(disk.arrivals)
    target = disk.arrivals / sha256
    if target.exists():
        return
    try:
        os.link(received, target)
    except OSError:
        draft = target.with_suffix(".part")
        shutil.copyfile(received, draft)
        os.replace(draft, target)


class Installer:
    """Takes what arrived onto one disk."""

    def __init__(self, disk: Disk, trust: Trust) -> None:
        self.disk, self.trust = disk, trust

    def take(self, number: int, manifest: str | None, signature: str, packs: Iterable[str]) -> None:
        """A release's manifest (its digest, when it came along) and packs, by the names they were kept under."""
        with self.disk.installing():
            self.disk.ready()
            if manifest is not None:
                self._take_manifest(number, manifest, signature.encode())
            for pack in packs:
                self._take_pack(number, self.disk.arrivals / pack)

    # Arrivals --------------------------------------------------------------------------------

    def _take_manifest(self, number: int, sha256: str, signature: bytes) -> None:
        file = self.disk.arrivals / sha256
        if not file.exists():
            return  # taken before
        signed = Signed(file.read_bytes(), signature)
        try:
            manifest = self.trust.manifest(signed)
            known = queries.accepted()
            same = known.signed is not None and known.signed.data == signed.data
            if manifest.number < known.highest or (manifest.number == known.highest and not same):
                raise OldRelease(number=manifest.number, highest=known.highest)
        except CountyError as refused:
            log.error("release %s refused: %s", number, refused.sentence())
            old = isinstance(refused, OldRelease)
            # the same number with other contents: the editorial office was restored, and must skip a number
            actions.note_refused(SITE, number, refused.sentence(), chain=old and number == queries.accepted().highest)
            if old:
                actions.note_served(SITE, queries.served())  # it learns the highest number from this
        else:
            for copy in self.disk.copies:
                copy.put_release(manifest.number, signed)
        file.unlink()

    def _take_pack(self, number: int, file: Path) -> None:
        wanted = self._wanted(number)
        if not file.exists():
            return  # taken before
        try:
            with file.open("rb") as stream:
                contents = read_pack(stream, wanted) if wanted else iter(())
                while some := [data for _, data in islice(contents, AT_ONCE)]:
                    for copy in self.disk.copies:
                        copy.store.put_many(some)
        except BadPack as refused:  # what is lacking in the end is asked for
            log.error("pack %s of release %s: %s", file.name, number, refused.sentence())
        killpoint("portal.pack_taken")
        file.unlink()

    def _wanted(self, number: int) -> Mapping[str, int]:
        for copy in self.disk.copies:
            if manifest := self.trust.believes(copy.release(number), number):
                return manifest.objects
        return {}

    # Settling --------------------------------------------------------------------------------

    def settle(self) -> Waiting | None:
        """Switch to the newest complete release; what a still newer one lacks is returned."""
        with self.disk.installing():
            lacking = None
            for one in self.waiting():
                if one.missing:
                    lacking = lacking or one
                elif self._accept(one):
                    break
            return lacking

    def waiting(self) -> Iterator[Waiting]:
        """Releases not below the highest accepted, the newest first."""
        highest = queries.accepted().highest
        numbers = {number for copy in self.disk.copies for number in copy.release_numbers() if number >= highest}
        for number in sorted(numbers, reverse=True):
            signed = next((one for copy in self.disk.copies if (one := copy.release(number))), None)
            manifest = self.trust.believes(signed, number)
            if signed is not None and manifest is not None:
                yield Waiting(manifest, signed, tuple(self._missing(manifest)))

    def _missing(self, manifest: Manifest) -> Iterator[str]:
        """Contents that neither copy has; what only one has is given to the other."""
        for sha256, size in manifest.objects.items():
            lacking = [copy for copy in self.disk.copies if not copy.store.has(sha256)]
            if not lacking:
                continue
            data = None
            for copy in self.disk.copies:
                if data is None and copy not in lacking:
                    with suppress(ObjectLost, ObjectDamaged):
                        data = copy.store.read(sha256, size)
            if data is None:
                yield sha256
            else:
                for copy in lacking:
                    copy.store.put(data)

    def _accept(self, one: Waiting) -> bool:
        """Remember the release as the highest, then let both copies name it.  False when it may not follow."""
        number = one.manifest.number
        known = queries.accepted()
        if number > known.highest:
            if known.signed is not None and number == known.highest + 1 and not _follows(one.manifest, known.signed):
                refused = BrokenReleaseChain(number=number, highest=known.highest)
                actions.note_refused(SITE, number, refused.sentence(), chain=True)
                for copy in self.disk.copies:
                    copy.drop_release(number)
                return False
            actions.accept_release(SITE, one.manifest, one.signed)
            killpoint("portal.accepted")
        for copy in self.disk.copies:
            if copy.current() != number:
                copy.put_release(number, one.signed)
                copy.switch(number)
        return True


def _follows(manifest: Manifest, before: Signed) -> bool:
    return manifest.previous == hashlib.sha256(before.data).hexdigest()
