"""Style sheets and drawings of the public pages, named by their content, so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from .colours import tone_sheet

FOLDER = Path(__file__).resolve().parent.parent / "public"
TONE = re.compile(r"/assets/tone-([0-9a-f]{6})\.[0-9a-f]{8}\.css")
MODES = ("standard", "elder")
MIMES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


def mime(path: str) -> str:
    """The type under which a baked path is served."""
    if path.endswith("rss.xml"):
        return "application/rss+xml; charset=utf-8"
    return MIMES.get(path.rsplit(".", 1)[-1], MIMES["html"])


def named(name: str, content: bytes) -> str:
    """The address of an asset: its name, eight digits of its digest, its kind."""
    stem, kind = name.rsplit(".", 1)
    return f"/assets/{stem}.{hashlib.sha256(content).hexdigest()[:8]}.{kind}"


def _squeeze(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return re.sub(r"\s*\n\s*", "", css)


@cache
def _drawings() -> dict[str, tuple[str, bytes]]:
    files = {file.name: file.read_bytes().strip() for file in sorted(FOLDER.glob("*.svg"))}
    return {name: (named(name, content), content) for name, content in files.items()}


@cache
def _sheet(name: str) -> bytes:
    css = _squeeze((FOLDER / name).read_text("utf-8"))
    return re.sub(r"url\(([\w-]+\.svg)\)", lambda found: f"url({drawing(found[1]).rpartition('/')[2]})", css).encode()


def drawing(name: str) -> str:
    """The address of one of our drawings; raises KeyError for an unknown one."""
    return _drawings()[name][0]


def sheet(name: str) -> str:
    """The address of a style sheet."""
    return named(name, _sheet(name))


def tone(colour: str) -> str:
    """The address of the style sheet for a sub-site's colour; empty when it keeps the site's own."""
    css = tone_sheet(colour)
    return named(f"tone-{colour.strip().lower()[1:]}.css", css.encode()) if css else ""


def tone_assets(colours: list[str]) -> dict[str, bytes]:
    """The style sheets of these colours, by address."""
    return {tone(colour): tone_sheet(colour).encode() for colour in colours if tone(colour)}


def asset(path: str) -> bytes:
    """Any asset by its address; raises KeyError for an address that no edition of this programme names."""
    if found := TONE.fullmatch(path):
        return tone_assets([f"#{found[1]}"])[path]
    return fixed_assets()[path]


@cache
def fixed_assets() -> dict[str, bytes]:
    """Assets that every edition carries, by address, and the two mode sheets under their internal names."""
    found = dict(_drawings().values())
    found |= {sheet(name): _sheet(name) for name in ("site.css", "text.css")}
    found |= {f"~mode/{mode}.css": _sheet(f"mode-{mode}.css") for mode in MODES}
    return found


@cache
def stamp() -> str:
    """A digest of the baker itself (code, templates, assets): a newer programme rebakes what it would write anew."""
    here = Path(__file__).resolve().parent
    templates = here.parent / "templates" / "inner_portal" / "public"
    files = [
        *sorted(here.glob("*.py")),
        *sorted(p for p in templates.rglob("*") if p.is_file()),
        *sorted(FOLDER.glob("*")),
    ]
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:16]
