"""Where ink lies on a page, measured as a ruler would: the standard is about what is printed, not font boxes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pdfplumber

PPI = 288
MM = 25.4 / PPI


@dataclass(frozen=True)
class Line:
    """One line of ink: its edges in millimetres from the page's upper left corner."""

    top: float
    bottom: float
    left: float
    right: float


def page_lines(pdf: bytes, page: int) -> list[Line]:
    """The lines of ink of a page (from 1), top to bottom."""
    with pdfplumber.open(io.BytesIO(pdf)) as book:
        grey = book.pages[page - 1].to_image(resolution=PPI).original.convert("L")
    black = grey.point(lambda value: 255 if value < 215 else 0)
    width, height = black.size
    lines, start = [], None
    for y in range(height + 1):
        inked = y < height and black.crop((0, y, width, y + 1)).getbbox() is not None
        if inked and start is None:
            start = y
        elif not inked and start is not None:
            left, _, right, _ = black.crop((0, start, width, y)).getbbox() or (0, 0, 0, 0)
            lines.append(Line(start * MM, y * MM, left * MM, right * MM))
            start = None
    return lines


def text_of(pdf: bytes, page: int) -> str:
    """The page's text, as copied out of it."""
    with pdfplumber.open(io.BytesIO(pdf)) as book:
        return book.pages[page - 1].extract_text()


def page_count(pdf: bytes) -> int:
    with pdfplumber.open(io.BytesIO(pdf)) as book:
        return len(book.pages)
