"""Signed pages outwards; what the public side serves, lacks and has found, inwards.

A release travels as its manifest and as packs of the contents that the other zone lacks.  What is too much
for one letter follows as `PortalObjects` of the same number.  Packs are looked into like every attachment:
their members are named by type, compressed forms are unpacked, and only the kinds named here may be in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from .base import Direction, Lane, Letter, letter

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0, le=2**53)]
Signature = Annotated[str, Field(min_length=10, max_length=2000, description="the bytes of manifest.sig, as text")]
MB = 1024 * 1024
# What a release may hold: pages and what they show, and what the county takes as downloads.
PAGE_KINDS: Mapping[str, tuple[str, ...]] = {
    "tar": ("tar",),
    "gz": ("gz",),
    "br": ("br",),
    "html": ("html", "xml"),
    "text": ("html", "css", "js", "xml", "json", "svg", "txt", "csv"),
    "svg": ("svg", "html"),  # a piece of a page that begins with a drawing
    **{kind: (kind,) for kind in ("png", "gif", "webp", "pdf", "ofd", "docx", "xlsx", "pptx", "zip", "mp3", "mp4")},
    **{kind: (kind,) for kind in ("odt", "ods", "odp")},
    "jpg": ("jpg", "jpeg"),
    "doc": ("doc", "wps"),
    "xls": ("xls", "et"),
    "ppt": ("ppt", "dps"),
}


@letter
class PortalRelease(Letter):
    """A new release: the first attachment is its manifest, the others are packs of what it adds.

    `packs` is how many packs belong to it in all; those beyond this letter's own come as `PortalObjects`.
    """

    KIND: ClassVar[str] = "portal.release"
    DIRECTION: ClassVar[Direction] = "inner-to-outer"
    LANE: ClassVar[Lane] = "bulk"
    MAX_ATTACHMENTS: ClassVar[int] = 4
    MAX_ATTACHMENT_BYTES: ClassVar[int] = 128 * MB
    FILE_KINDS: ClassVar[Mapping[str, tuple[str, ...]] | None] = PAGE_KINDS
    EXPIRES: ClassVar[timedelta] = timedelta(days=30)

    number: Number
    manifest: Sha256
    signature: Signature
    packs: int = Field(ge=0, le=10_000)


@letter
class PortalObjects(Letter):
    """Packs of contents of release `number`: the rest of a large one, or the answer to `PortalWanted`."""

    KIND: ClassVar[str] = "portal.objects"
    DIRECTION: ClassVar[Direction] = "inner-to-outer"
    LANE: ClassVar[Lane] = "bulk"
    MAX_ATTACHMENTS: ClassVar[int] = 4
    MAX_ATTACHMENT_BYTES: ClassVar[int] = 128 * MB
    FILE_KINDS: ClassVar[Mapping[str, tuple[str, ...]] | None] = PAGE_KINDS
    EXPIRES: ClassVar[timedelta] = timedelta(days=30)

    number: Number


@letter
class PortalTombstone(Letter):
    """Pages withdrawn at once: a signed notice (`ground.releases.Notice`), ahead of the next release."""

    KIND: ClassVar[str] = "portal.tombstone"
    DIRECTION: ClassVar[Direction] = "inner-to-outer"
    LANE: ClassVar[Lane] = "urgent"
    MAX_BYTES: ClassVar[int] = MB
    EXPIRES: ClassVar[timedelta] = timedelta(days=365)

    notice: str = Field(max_length=900_000)
    signature: Signature


@letter
class PortalWanted(Letter):
    """Contents of release `number` that are lacking here; `everything` asks for the newest release whole."""

    KIND: ClassVar[str] = "portal.wanted"
    DIRECTION: ClassVar[Direction] = "outer-to-inner"
    EXPIRES: ClassVar[timedelta] = timedelta(days=7)
    MAX_BYTES: ClassVar[int] = 128 * 1024

    number: Number
    highest: Number = Field(description="highest release number ever accepted here")
    everything: bool
    digests: tuple[Sha256, ...] = Field(max_length=1500)


@letter
class PortalServed(Letter):
    """What the public sees now, and since when; told after every switch and (`starting`) when the zone starts."""

    KIND: ClassVar[str] = "portal.served"
    DIRECTION: ClassVar[Direction] = "outer-to-inner"
    EXPIRES: ClassVar[timedelta] = timedelta(days=30)

    number: Number
    at: AwareDatetime
    highest: Number
    notice_serial: Number
    starting: bool


class Found(BaseModel):
    """One thing found wrong outside: what kind of change, in which copy, at which path, and whether it is mended."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = Field(max_length=20)
    copy_name: str = Field(max_length=20)
    path: str = Field(max_length=500)
    healed: bool


@letter
class PortalAlarm(Letter):
    """Pages, or a release on its way, were not what was signed (`tamper`, `refused`, `chain`, `missing`)."""

    KIND: ClassVar[str] = "portal.alarm"
    DIRECTION: ClassVar[Direction] = "outer-to-inner"
    LANE: ClassVar[Lane] = "urgent"
    EXPIRES: ClassVar[timedelta] = timedelta(days=30)

    kind: Literal["tamper", "refused", "chain", "missing"]
    since: AwareDatetime
    until: AwareDatetime
    count: int = Field(ge=0)
    sentence: str = Field(max_length=400)
    found: tuple[Found, ...] = Field(max_length=50)
