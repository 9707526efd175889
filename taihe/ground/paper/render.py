"""Drawing a paper: compile, look where things fell, and compile again until the 版记 stands on an even page.

One compiler per thread, made when first needed (a compiler shared between threads, or carried over a
fork, hangs).  Pictures are handed over in a folder of their own, so no path of a user reaches typst.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from taihe.ground import clock

from .errors import CannotDraw
from .fonts import fonts, require_glyphs
from .model import Paper, Picture

logger = logging.getLogger(__name__)
TEMPLATE = Path(__file__).with_name("templates") / "gb9704.typ"
_PLAIN = {"unnumbered": [], "keep_last": False, "blank_pages": 0}
LOWEST_MM = 262.5  # the lower edge of the type area (37 + 225 mm), and half a millimetre
_local = threading.local()


@dataclass(frozen=True)
class Place:
    """Where something fell: page from 1, millimetres from the page's upper left corner.

    Of a name or date under a seal, `y` is the lower edge of its line and `centre` its middle.
    """

    kind: str
    page: int
    x: float
    y: float
    organ: str = ""
    centre: float = 0.0


@dataclass(frozen=True)
class Rendered:
    """A drawn paper: PDF/A-2b bytes, number of pages, and the places of its marks."""

    pdf: bytes
    pages: int
    places: tuple[Place, ...]

    def of(self, kind: str) -> tuple[Place, ...]:
        """The places of one kind: name, date, title, red-line, text-end, appendix, colophon …"""
        return tuple(one for one in self.places if one.kind == kind)


def _compiler() -> typst.Compiler:
    made = getattr(_local, "compiler", None)
    if made is None:
        made = _local.compiler = typst.Compiler(font_paths=fonts(), ignore_system_fonts=True)
    return made


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [text for value in data.values() for text in _texts(value)]
    return [text for value in data for text in _texts(value)] if isinstance(data, list | tuple) else []


def _laid_out(paper: Paper, folder: Path) -> dict[str, Any]:
    """The paper as JSON-able data, its pictures written into the folder under our own names."""
    number = 0

    def block(one: Any) -> dict[str, Any]:
        nonlocal number
        if isinstance(one, Picture):
            number += 1
            name = f"picture-{number}.{one.extension}"
            (folder / name).write_bytes(one.data)
            return {"kind": "picture", "path": name, "width_mm": one.width_mm, "caption": one.caption}
        plain: dict[str, Any] = one.model_dump(mode="json")
        return plain

    data = paper.model_dump(mode="json", exclude={"blocks", "issued", "appendices"}) | {"title": paper.title}
    data["blocks"] = [block(one) for one in paper.blocks]
    data["issued"], *data["appendices"] = [
        one and {"title": one.title, "blocks": [block(inner) for inner in one.blocks]}
        for one in (paper.issued, *paper.appendices)
    ]
    return data


class _Drawing:
    """One paper on its way through the passes."""

    def __init__(self, paper: Paper, folder: Path) -> None:
        shutil.copyfile(TEMPLATE, folder / "paper.typ")
        self.folder = folder
        self.data = _laid_out(paper, folder)
        require_glyphs("".join(_texts(self.data)))
        self.passing: dict[str, Any] = dict(_PLAIN)

    def compile(self, form: Literal["pdf", "png", "svg"] = "pdf", **options: Any) -> Any:
        inputs = {"data": json.dumps(self.data, ensure_ascii=False), "pass": json.dumps(self.passing)}
        try:
            return _compiler().compile(
                str(self.folder / "paper.typ"), format=form, sys_inputs=inputs, root=str(self.folder), **options
            )
        except typst.TypstError as fault:
            logger.exception("typst refused a paper")
            raise CannotDraw() from fault

    def places(self) -> tuple[Place, ...]:
        found = json.loads(_compiler().query("<mark>", field="value"))
        return tuple(
            Place(one["kind"], one["page"], one["x"], one["y"], one.get("organ", ""), one.get("centre", 0.0))
            for one in found
        )

    def _kept_together(self) -> tuple[Place, ...] | None:
        """The last block on the seal's page; None, drawn as before, when it is too long to be moved as a whole."""
        self.passing["keep_last"] = True
        self.compile()
        places = self.places()
        if all(one.y <= LOWEST_MM for one in places if one.kind in ("name", "date", "body-end")):
            return places
        self.passing["keep_last"] = False
        self.compile()
        return None

    def settle(self) -> tuple[Place, ...]:
        """Compile until the seal's page carries text (7.3.5.5) and the 版记 stands on an even page (7.4)."""
        self.compile()
        places = self.places()
        ends = {one.kind: one for one in places}
        # A single paragraph stays: the first page must show text (7.3.3).
        if len(self.data["blocks"]) > 1 and "name" in ends and ends["name"].page > ends["body-end"].page:
            places = self._kept_together() or places
            ends = {one.kind: one for one in places}
        if "colophon" in ends and ends["colophon"].page % 2:
            last, colophon = ends["last"].page, ends["colophon"].page
            self.passing["blank_pages"] = colophon + 1 - last
            if colophon + 1 - last > 1:  # a blank page before the 版记: neither carries a number (7.5)
                self.passing["unnumbered"] = list(range(last + 1, colophon + 2))
            self.compile()
            places = self.places()
        return places


def render(paper: Paper, *, made_at: datetime | None = None) -> Rendered:
    """Draw a paper as PDF/A-2b; the same paper and moment give the same bytes.

    Raises GlyphsMissing, PaperFontsMissing or CannotDraw, leaving nothing behind.
    """
    moment = made_at or clock.now()
    with TemporaryDirectory(prefix="paper-") as name:
        drawing = _Drawing(paper, Path(name))
        places = drawing.settle()
        pdf: bytes = drawing.compile("pdf", pdf_standards="a-2b", timestamp=int(moment.timestamp()))
    return Rendered(pdf, max(one.page for one in places), places)


def preview_pages(paper: Paper, *, ppi: float = 96) -> list[bytes]:
    """The pages as PNG pictures, for the editor's preview and for eyes in tests.  Raises as `render`."""
    with TemporaryDirectory(prefix="paper-") as name:
        drawing = _Drawing(paper, Path(name))
        drawing.settle()
        pages = drawing.compile("png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


SEAL_TEMPLATE = TEMPLATE.with_name("seal.typ")


def seal_picture(name: str, *, width_mm: float = 42.0, form: Literal["pdf", "svg"] = "pdf") -> bytes:
    """A vector picture of a rehearsal seal (样章) as a one-page PDF, or as SVG for pages.  Raises as `render`."""
    require_glyphs(name)
    inputs = {"data": json.dumps({"name": name, "width_mm": width_mm}, ensure_ascii=False)}
    with TemporaryDirectory(prefix="seal-") as folder:
        shutil.copyfile(SEAL_TEMPLATE, Path(folder) / "seal.typ")
        try:
            drawn = _compiler().compile(
                str(Path(folder) / "seal.typ"), format=form, sys_inputs=inputs, root=folder,
                timestamp=int(clock.now().timestamp()) if form == "pdf" else None,
            )  # fmt: skip
        except typst.TypstError as fault:
            logger.exception("typst refused a seal")
            raise CannotDraw() from fault
    if not isinstance(drawn, bytes):
        raise CannotDraw()
    return drawn


_PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#image("paper.pdf", page: int(sys.inputs.page), width: 210mm)
"""


def page_picture(folder: Path, number: int, *, ppi: float = 110) -> bytes:
    """One page (from 1) of ``paper.pdf`` in a folder of ours as PNG.  Raises CannotDraw for what is no readable PDF."""
    (folder / "page.typ").write_text(_PAGE, encoding="utf-8")
    try:
        drawn = _compiler().compile(
            str(folder / "page.typ"), format="png", ppi=ppi, sys_inputs={"page": str(number)}, root=str(folder)
        )
    except typst.TypstError as fault:
        logger.warning("typst could not read a page of a PDF", exc_info=True)
        raise CannotDraw() from fault
    if not isinstance(drawn, bytes):
        raise CannotDraw()
    return drawn
