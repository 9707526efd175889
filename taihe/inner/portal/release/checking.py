"""Whether the release in force lies in the store as it was signed: for the operator who wants to be sure."""

from __future__ import annotations

from dataclasses import dataclass

from taihe.ground.releases import BadRelease, ObjectDamaged, ObjectLost, open_manifest
from taihe.ground.signing import BadSignature, UnknownKey

from . import queries
from .folder import release_store, ring, site_name


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what was found wrong, a sentence each."""

    number: int
    contents: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def check_newest() -> Checked | None:
    """Read the newest release anew: signature, list, every content against its digest; None before the first."""
    newest = queries.release_state().newest
    if newest is None:
        return None
    store = release_store()
    try:
        data = store.read(newest.digest)
        manifest = open_manifest(data, newest.signature.encode("ascii"), ring(), peer=None, site=site_name())
    except (BadRelease, BadSignature, UnknownKey) as fault:
        return Checked(newest.number, 0, (f"发布清单：{fault.sentence()}",))
    wanted = dict(manifest.objects)
    faults = []
    for sha256 in (*wanted, newest.facts, newest.sources):
        try:
            store.read(sha256, wanted.get(sha256))
        except (ObjectLost, ObjectDamaged) as fault:
            faults.append(fault.sentence())
    return Checked(newest.number, len(wanted), tuple(faults))
