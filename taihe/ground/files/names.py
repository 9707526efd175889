"""File names as people sent them, made fit to be kept and shown."""

from __future__ import annotations

import unicodedata

_LONGEST = 120
_LONGEST_SUFFIX = 16
NAMELESS = "未命名文件"


def clean_name(name: str) -> str:
    """The last part of a name, without control and direction characters, shortened before its extension."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(one for one in last if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, suffix = kept.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        return kept[:_LONGEST] or NAMELESS
    return f"{stem[: _LONGEST - len(suffix) - 1] or NAMELESS}.{suffix}"
