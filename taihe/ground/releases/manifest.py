"""The manifest: one text file that says everything a release shows, in one spelling only.

First line, canonical JSON::

    {"format":"taihe-release/1","key":…,"made_at":…,"number":…,"previous":…,"site":…}

then one line per file, sorted by path, fields separated by a tab::

    path  sha256  size  mime  gz_sha256:gz_size|-  br_sha256:br_size|-

then one line per tombstone, sorted by path::

    !path  page_id  serial  at

`previous` is the SHA-256 of the manifest before (64 zeros for the first); sizes are bytes; moments are
UTC.  `parse` accepts exactly what `build` writes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from taihe.ground.digests import canonical

from .errors import BadManifest
from .paths import alike, path_fault

FORMAT = "taihe-release/1"
FIRST = "0" * 64
MOST_FILES = 500_000
MOST_MANIFEST = 128 * 1024 * 1024
MOST_OBJECT = 100 * 1024 * 1024
MOST_NUMBER = 2**53
_HEX = r"[0-9a-f]{64}"
_SIZE = r"[1-9][0-9]{0,9}"
_HEADER = ("format", "key", "made_at", "number", "previous", "site")
_KEY = re.compile(r"[0-9a-f]{16}")
_SITE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FILE = re.compile(
    rf"([^\t]+)\t({_HEX})\t({_SIZE})\t([a-z]+/[a-z0-9][a-z0-9.+-]*(?:; charset=utf-8)?)"
    rf"\t(?:({_HEX}):({_SIZE})|-)\t(?:({_HEX}):({_SIZE})|-)"
)
_TOMBSTONE = re.compile(r"!([^\t]+)\t(0|[1-9][0-9]{0,15})\t([1-9][0-9]{0,15})\t([^\t]+)")


class Variant(NamedTuple):
    """A compressed form of a file: digest and size of its bytes."""

    sha256: str
    size: int


class File(NamedTuple):
    """What a release shows at a path."""

    path: str
    sha256: str
    size: int
    mime: str
    gz: Variant | None = None
    br: Variant | None = None

    def objects(self) -> tuple[Variant, ...]:
        """Digest and size of the plain bytes and of every compressed form."""
        plain = Variant(self.sha256, self.size)
        return (plain, *(one for one in (self.gz, self.br) if one))


class Tombstone(NamedTuple):
    """A path that must not be shown: its page was withdrawn; `serial` counts the withdrawals of the site."""

    path: str
    page_id: int
    serial: int
    at: datetime


@dataclass(frozen=True)
class Manifest:
    """A release: its number, what came before, which key signs it, for which site, and what it shows."""

    number: int
    previous: str
    made_at: datetime
    key: str
    site: str
    files: tuple[File, ...]
    tombstones: tuple[Tombstone, ...] = ()

    @cached_property
    def by_path(self) -> Mapping[str, File]:
        """Files by path."""
        return {one.path: one for one in self.files}

    @cached_property
    def objects(self) -> Mapping[str, int]:
        """Every content of the release: size by digest."""
        return {one.sha256: one.size for file in self.files for one in file.objects()}

    @property
    def sha256(self) -> str:
        """The digest by which the next release names this one."""
        return hashlib.sha256(build(self)).hexdigest()


# Writing ---------------------------------------------------------------------------------------


def moment_text(moment: datetime) -> str:
    """A moment as releases spell it: UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _variant(one: Variant | None) -> str:
    return f"{one.sha256}:{one.size}" if one else "-"


def build(manifest: Manifest) -> bytes:
    """The bytes of a manifest, to be signed.  Raises BadManifest for what may not be released."""
    header = {
        "format": FORMAT,
        "key": manifest.key,
        "made_at": moment_text(manifest.made_at),
        "number": manifest.number,
        "previous": manifest.previous,
        "site": manifest.site,
    }
    lines = [canonical(header).decode()]
    for one in manifest.files:
        gz, br = _variant(one.gz), _variant(one.br)
        lines.append(f"{one.path}\t{one.sha256}\t{one.size}\t{one.mime}\t{gz}\t{br}")
    for grave in manifest.tombstones:
        lines.append(f"!{grave.path}\t{grave.page_id}\t{grave.serial}\t{moment_text(grave.at)}")
    data = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    _read(data)
    return data


# Reading ---------------------------------------------------------------------------------------


def parse(data: bytes) -> Manifest:
    """Read a manifest, of which nothing is believed yet; its signature is another matter (see `signatures`).

    Raises BadManifest, saying which rule is broken.
    """
    return _read(data)


def _read(data: bytes) -> Manifest:
    if len(data) > MOST_MANIFEST:
        raise BadManifest(why=f"清单大于 {MOST_MANIFEST // 1024**2} MB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as broken:
        raise BadManifest(why="清单不是 UTF-8 文本") from broken
    if not text.endswith("\n"):
        raise BadManifest(why="清单不完整")
    lines = text[:-1].split("\n")
    if len(lines) > MOST_FILES:
        raise BadManifest(why=f"清单多于 {MOST_FILES} 行")
    header = _header(lines[0])
    split = next((place for place, line in enumerate(lines) if line.startswith("!")), len(lines))
    files = tuple(_file(line) for line in lines[1:split])
    tombstones = tuple(_tombstone(line) for line in lines[split:])
    _check_order([one.path for one in files], "文件")
    _check_order([one.path for one in tombstones], "撤稿")
    _check_together(files, tombstones)
    return Manifest(files=files, tombstones=tombstones, **header)


def _header(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
        if not isinstance(found, dict) or tuple(found) != _HEADER or canonical(found).decode() != line:
            raise ValueError("not the one spelling")
        if found.pop("format") != FORMAT:
            raise BadManifest(why="格式版本不认识")
        return {
            "number": whole(found["number"], 1, MOST_NUMBER),
            "previous": matched(re.compile(_HEX), found["previous"]),
            "made_at": moment_of(found["made_at"]),
            "key": matched(_KEY, found["key"]),
            "site": matched(_SITE, found["site"]),
        }
    except (ValueError, TypeError, RecursionError) as broken:
        raise BadManifest(why="首行的写法不对") from broken


def whole(value: object, least: int, most: int) -> int:
    """A whole number within bounds; ValueError for anything else, also for True."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a whole number within bounds")
    return value


def matched(pattern: re.Pattern[str], value: object) -> str:
    """Text that matches; ValueError for anything else."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("not of the form")
    return value


def moment_of(value: object) -> datetime:
    """A moment in the one spelling of `moment_text`; ValueError for any other."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else None
    if found is None or found.tzinfo is None or moment_text(found) != value:
        raise ValueError("not a moment")
    return found


def _file(line: str) -> File:
    found = _FILE.fullmatch(line)
    if found is None:
        raise BadManifest(why=f"有一行的写法不对（{line[:60]!r}）")
    path, sha256, size, mime, gz, gz_size, br, br_size = found.groups()
    fault = path_fault(path)
    if fault:
        raise BadManifest(why=f"{fault}（{path[:60]!r}）")
    variants = (Variant(gz, int(gz_size)) if gz else None, Variant(br, int(br_size)) if br else None)
    file = File(path, sha256, int(size), mime, *variants)
    if any(one.size > MOST_OBJECT for one in file.objects()):
        raise BadManifest(why=f"文件大于 {MOST_OBJECT // 1024**2} MB（{path[:60]!r}）")
    return file


def _tombstone(line: str) -> Tombstone:
    found = _TOMBSTONE.fullmatch(line)
    if found is None:
        raise BadManifest(why=f"撤稿行的写法不对（{line[:60]!r}）")
    fault = path_fault(found[1])
    if fault or found[1].startswith("~"):
        raise BadManifest(why=f"{fault or '内部路径不能撤稿'}（{found[1][:60]!r}）")
    try:
        return Tombstone(found[1], int(found[2]), int(found[3]), moment_of(found[4]))
    except ValueError as broken:
        raise BadManifest(why="撤稿时间的写法不对") from broken


def _check_order(paths: list[str], what: str) -> None:
    for before, after in pairwise(paths):
        if before >= after:
            raise BadManifest(why=f"{what}没有按路径排列，或路径重复（{after[:60]!r}）")


N = TypeVar("N", File, Tombstone)


def _check_together(files: tuple[File, ...], tombstones: tuple[Tombstone, ...]) -> None:
    """No two addresses that could be taken for each other; nothing withdrawn is shown; one size per content."""
    seen: dict[str, str] = {}
    for one in files:
        other = seen.setdefault(alike(one.path), one.path)
        if other != one.path:
            raise BadManifest(why=f"两个路径容易混淆（{other[:60]!r} 与 {one.path[:60]!r}）")
    for grave in tombstones:
        if alike(grave.path) in seen:
            raise BadManifest(why=f"已撤稿的路径仍在清单中（{grave.path[:60]!r}）")
    sizes: dict[str, int] = {}
    for one in files:
        for content in one.objects():
            if sizes.setdefault(content.sha256, content.size) != content.size:
                raise BadManifest(why=f"同一内容写了两种大小（{content.sha256[:16]}…）")
