"""Notices of withdrawal: what must disappear at once, ahead of the next release.

A notice states every path withdrawn since release `after`: so the newest one is enough, whatever became of
those before.  It holds against every release numbered `after` or lower; a later release brings its own
complete set of tombstones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from taihe.ground.digests import canonical
from taihe.ground.signing import KeyRing

from .errors import BadNotice
from .manifest import _SITE, MOST_NUMBER, Tombstone, matched, moment_of, moment_text, whole
from .paths import is_internal, path_fault
from .signatures import verify

FORMAT = "taihe-withdrawal/1"
MOST_PATHS = 5000


@dataclass(frozen=True)
class Notice:
    """Paths withdrawn since release `after`; `serial` is the newest withdrawal it knows of."""

    site: str
    serial: int
    after: int
    tombstones: tuple[Tombstone, ...]


def build_notice(notice: Notice) -> bytes:
    """The bytes of a notice, to be signed.  Raises BadNotice."""
    data = canonical(
        {
            "format": FORMAT,
            "site": notice.site,
            "serial": notice.serial,
            "after": notice.after,
            "tombstones": [[one.path, one.page_id, one.serial, moment_text(one.at)] for one in notice.tombstones],
        }
    )
    parse_notice(data)
    return data


def parse_notice(data: bytes) -> Notice:
    """Read a notice of which nothing is believed yet.  Raises BadNotice."""
    try:
        found = json.loads(data)
        if set(found) != {"format", "site", "serial", "after", "tombstones"} or canonical(found) != data:
            raise ValueError("not the one spelling")
        if found["format"] != FORMAT or len(found["tombstones"]) > MOST_PATHS:
            raise ValueError("another format, or too long")
        return Notice(
            site=matched(_SITE, found["site"]),
            serial=whole(found["serial"], 1, MOST_NUMBER),
            after=whole(found["after"], 0, MOST_NUMBER),
            tombstones=tuple(_tombstone(found["serial"], *one) for one in found["tombstones"]),
        )
    except (ValueError, TypeError, AttributeError, RecursionError) as broken:
        raise BadNotice(why="写法不对") from broken


def _tombstone(newest: int, path: object, page_id: object, serial: object, at: object) -> Tombstone:
    if not isinstance(path, str) or is_internal(path) or path_fault(path):
        raise ValueError("not an address")
    return Tombstone(path, whole(page_id, 0, MOST_NUMBER), whole(serial, 1, newest), moment_of(at))


def open_notice(
    data: bytes, signature: bytes, ring: KeyRing, *, peer: str | None, site: str, sm2: bool = False
) -> Notice:
    """A notice that may be believed.  Raises BadSignature, UnknownKey or BadNotice."""
    verify(data, signature, ring, peer=peer, sm2=sm2)
    notice = parse_notice(data)
    if notice.site != site:
        raise BadNotice(why=f"通知属于另一个网站（{notice.site}）")
    return notice
