"""A release in the front's memory: read from either copy, every byte verified once, then never read again.

Whatever becomes of the disk, what is answered comes from here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from django.conf import settings

from taihe.ground.headers import PERMISSIONS, POLICY
from taihe.ground.releases import File, Manifest, Notice, ObjectDamaged, ObjectLost, is_internal

from .answers import Headers, Page, make_page
from .disk import Copy, Signed

# Every page links one style sheet, which is one of two by the visitor's cookie.
MODE_SHEET = "/assets/mode.css"
MODE_FILES = {"standard": "~mode/standard.css", "elder": "~mode/elder.css"}
WITHDRAWN = "~withdrawn.html"


# Plain bytes asked for lately, by those few clients that take nothing compressed.
UNPACKED_KEPT = 64
UNPACKED_MOST = 128 * 1024


class Contents(Mapping[str, bytes]):
    """Verified contents by digest.  A page that has a gzip form is held in that form only, and unpacked when asked for.

    `packed` says which digest is unpacked from which; that it gives the very bytes was verified at loading.
    """

    def __init__(self, held: Mapping[str, bytes], packed: Mapping[str, str]) -> None:
        self._held, self._packed = held, packed
        self._lately: dict[str, bytes] = {}

    def __getitem__(self, sha256: str) -> bytes:
        data = self._held.get(sha256)
        return self._unpacked(sha256) if data is None else data

    def held(self, sha256: str) -> bytes | None:
        """A content that is held as it is; None for one that would have to be unpacked."""
        return self._held.get(sha256)

    def __iter__(self) -> Iterator[str]:
        yield from self._held
        yield from self._packed

    def __len__(self) -> int:
        return len(self._held) + len(self._packed)

    def _unpacked(self, sha256: str) -> bytes:
        data = self._lately.get(sha256)
        if data is None:
            data = unpack(self._held[self._packed[sha256]])
            if len(data) <= UNPACKED_MOST:
                if len(self._lately) >= UNPACKED_KEPT:
                    self._lately = {}  # never changed while another thread may look into it
                self._lately[sha256] = data
        return data


def unpack(data: bytes) -> bytes:
    """The bytes of a gzip form."""
    return zlib.decompress(data, wbits=31)


class Incomplete(Exception):
    """Neither copy holds these contents whole."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"{len(missing)} contents are missing")
        self.missing = missing


@dataclass(frozen=True)
class Hidden:
    """A notice of withdrawal that is in force, and the bytes that prove it."""

    notice: Notice
    signed: Signed


@dataclass(frozen=True)
class Held:
    """One verified release, ready to be answered."""

    manifest: Manifest
    signed: Signed
    objects: Contents
    dates: Mapping[str, datetime]
    every_page: Mapping[str, Page]
    pages: Mapping[str, Page]
    modes: Mapping[str, Page]
    gone: Page | None
    common: Headers
    hidden: frozenset[str] = frozenset()
    notices: Mapping[int, Hidden] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The release's number."""
        return self.manifest.number

    def internal(self, path: str) -> bytes | None:
        """The plain bytes of one of the release's own files (shell fragments)."""
        found = self.manifest.by_path.get(path)
        return self.objects[found.sha256] if found else None

    def hiding(self, notices: Mapping[int, Hidden]) -> Held:
        """The same release with notices of withdrawal in force; those older than it no longer count."""
        hidden = {grave.path for grave in self.manifest.tombstones}
        for one in notices.values():
            if one.notice.after >= self.number:
                hidden |= {grave.path for grave in one.notice.tombstones}
        hidden |= {f"/t{path}" for path in hidden if not path.startswith("/t/")}
        pages = {path: page for path, page in self.every_page.items() if path not in hidden}
        return replace(self, pages=pages, hidden=frozenset(hidden), notices=dict(notices))


def common_headers() -> Headers:
    """What every page tells the browser, as Django's pages do (ground.headers, SecurityMiddleware)."""
    found: Headers = [
        ("content-security-policy", POLICY),
        ("permissions-policy", PERMISSIONS),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", str(settings.X_FRAME_OPTIONS)),
        ("referrer-policy", str(settings.SECURE_REFERRER_POLICY)),
        ("cross-origin-opener-policy", str(settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)),
    ]
    if settings.SECURE_HSTS_SECONDS:
        found.append(("strict-transport-security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
    if settings.TAIHE_DEMO:
        found.append(("x-robots-tag", "noindex"))
    return found


def _read_one(sha256: str, size: int, copies: Iterable[Copy]) -> bytes | None:
    for copy in copies:
        try:
            return copy.store.read(sha256, size)
        except (ObjectLost, ObjectDamaged):
            continue
    return None


def read_objects(
    manifest: Manifest, copies: Iterable[Copy], known: Mapping[str, bytes], stopping: Callable[[], bool] = lambda: False
) -> Contents:
    """Every content of a release, from memory or from either copy, verified.  Raises Incomplete."""
    copies = tuple(copies)
    found, packed = dict[str, bytes](), dict[str, str]()
    missing = []

    def take(sha256: str, size: int) -> bytes | None:
        data = known.get(sha256) or _read_one(sha256, size, copies)
        if data is None:
            missing.append(sha256)
        return data

    for file in manifest.files:
        for one in (file.gz, file.br):
            if one and one.sha256 not in found and (data := take(*one)) is not None:
                found[one.sha256] = data
        if file.sha256 not in found and file.sha256 not in packed and (data := take(file.sha256, file.size)):
            if file.gz and _gives(found.get(file.gz.sha256), data):
                packed[file.sha256] = file.gz.sha256
            else:
                found[file.sha256] = data
        if stopping():
            raise Incomplete([])
    if missing:
        raise Incomplete(list(dict.fromkeys(missing)))
    return Contents(found, packed)


def _gives(packed: bytes | None, plain: bytes) -> bool:
    """Whether a gzip form unpacks to exactly these bytes; if not, both are held."""
    try:
        unpacking = zlib.decompressobj(wbits=31)
        same = packed is not None and unpacking.decompress(packed, len(plain) + 1) == plain
        return same and unpacking.eof and not unpacking.unused_data
    except zlib.error:
        return False


def hold(
    manifest: Manifest,
    signed: Signed,
    copies: Iterable[Copy],
    before: Held | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Held:
    """Load a believed release whole, taking from memory what the one before shares with it.  Raises Incomplete."""
    objects = read_objects(manifest, copies, before.objects if before else {}, stopping)
    dates = {file.path: _date(file, manifest, before) for file in manifest.files}
    common = common_headers()
    pages = {
        file.path: _page(file, objects, dates[file.path], common)
        for file in manifest.files
        if not is_internal(file.path) and file.path != MODE_SHEET
    }
    internal = {path: manifest.by_path[path] for path in (*MODE_FILES.values(), WITHDRAWN) if path in manifest.by_path}
    own = {path: _page(file, objects, dates[path], common, vary="Cookie") for path, file in internal.items()}
    modes = {mode: own[path] for mode, path in MODE_FILES.items() if path in own}
    held = Held(manifest, signed, objects, dates, pages, pages, modes, own.get(WITHDRAWN), common)
    return held.hiding(before.notices if before else {})


def _date(file: File, manifest: Manifest, before: Held | None) -> datetime:
    """Since when a path shows these bytes, as far as memory goes back."""
    was = before.manifest.by_path.get(file.path) if before else None
    return before.dates[file.path] if before and was and was.sha256 == file.sha256 else manifest.made_at


def _page(file: File, objects: Contents, date: datetime, common: Headers, vary: str = "") -> Page:
    plain = objects.held(file.sha256)
    forms: dict[str, tuple[str, bytes | None]] = {"identity": (file.sha256, plain)}
    for coding, variant in (("br", file.br), ("gzip", file.gz)):
        if variant:
            forms[coding] = (variant.sha256, objects[variant.sha256])
    return make_page(file.path, file.mime, forms, date, common, vary, unpack=partial(objects.__getitem__, file.sha256))
