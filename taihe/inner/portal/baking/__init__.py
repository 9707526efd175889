"""The baker: from approved records to the pages of the public site, as a pure function.

No clock, no database, no Wagtail.  A release makes an `Edition` of its `Source`, bakes what `affected` names and
takes the rest from the release before; the two together are the same bytes as a full bake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .assets import mime
from .edition import Edition, Facts, affected
from .preview import preview
from .site import SiteFacts, site_facts
from .source import ArticleFacts, MediaFile, MemorySource, Source, download_path, light, media_of, picture_path


def all_paths(source: Source) -> set[str]:
    """Every address of the site as it is approved now; those that begin with ``~`` are never served as such."""
    return set(Edition(source).facts)


def bake(source: Source, paths: Iterable[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """The pages asked for (default: all), as address and bytes; raises KeyError for an unknown address."""
    return Edition(source).bake(paths)


__all__ = [
    "ArticleFacts",
    "Edition",
    "Facts",
    "MediaFile",
    "MemorySource",
    "SiteFacts",
    "Source",
    "affected",
    "all_paths",
    "bake",
    "download_path",
    "light",
    "media_of",
    "mime",
    "picture_path",
    "preview",
    "site_facts",
]
