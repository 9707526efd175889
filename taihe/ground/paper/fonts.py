"""The fonts of official papers: where they lie, and whether every character of a text stands in one of them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import typst
from fontTools.ttLib import TTCollection, TTFont

from .errors import GlyphsMissing, PaperFontsMissing

NEEDED = ("FandolFang R", "FandolKai", "FandolHei", "FandolSong", "Noto Serif CJK SC", "Liberation Serif")
SYSTEM = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/truetype/liberation2",
)
# What typst may fall back to for any character of a text.
_COVER = ("FandolFang-Regular.otf", "NotoSerifCJK-Bold.ttc", "LiberationSerif-Regular.ttf")
_INVISIBLE = frozenset("\n\r\t\u3000 \u00a0\u200b\u2060\ufeff")


def folders() -> list[Path]:
    """The county's own folder first (licensed fonts), then what scripts/fonts fetched, then the system's."""
    root = Path(__file__).resolve().parents[3]
    named: list[str] = [os.environ.get("TAIHE_FONTS", ""), str(root / "var" / "fonts"), *SYSTEM]
    return [Path(one) for one in named if one and Path(one).is_dir()]


@cache
def fonts() -> typst.Fonts:
    """The loaded fonts, shared by all threads.  Raises PaperFontsMissing naming what is absent."""
    loaded = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(one) for one in folders()]
    )
    missing = [name for name in NEEDED if name not in set(loaded.families())]
    if missing:
        fonts.cache_clear()
        raise PaperFontsMissing(fonts="、".join(missing))
    return loaded


def _characters(file: Path) -> frozenset[int]:
    if file.suffix == ".ttc":
        return frozenset(code for one in TTCollection(str(file), lazy=True).fonts for code in one.getBestCmap())
    return frozenset(TTFont(str(file), lazy=True).getBestCmap())


@cache
def covered() -> frozenset[int]:
    """Every character that a paper can show."""
    found = [file for folder in folders() for file in folder.rglob("*") if file.name in _COVER]
    own = os.environ.get("TAIHE_FONTS", "")
    found += [file for file in Path(own).rglob("*") if file.suffix in (".otf", ".ttf", ".ttc")] if own else []
    return frozenset().union(*(_characters(one) for one in found))


def require_glyphs(text: str) -> None:
    """Raises GlyphsMissing naming each character that no font holds, before typst leaves holes for them."""
    missing = sorted({one for one in text if one not in _INVISIBLE and ord(one) not in covered()})
    if missing:
        raise GlyphsMissing(characters="、".join(f"{one}（U+{ord(one):04X}）" for one in missing[:20]))
