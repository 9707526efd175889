"""Listing pages of a column, numbered from the oldest (1), so that a full page keeps its address and its bytes.

The front of the column (number 0) shows the newest: between one and two pages' worth, so that it is never nearly empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from .book import Column
from .front import blocks_below, channels_below
from .models import ListModel, Section, line_of
from .site import Link

BLOCK_LINES = 6
NEAR = 2


def listing_path(column_path: str, number: int) -> str:
    """The address of a listing page."""
    return f"{column_path}p{number}.html" if number else column_path


def listings(column: Column, section: Section, size: int) -> Iterator[ListModel]:
    """The front and the full pages behind it, `size` lines each."""
    behind = max(0, len(column.rows) // size - 1)
    for number in range(behind + 1):
        rows = column.rows[(number - 1) * size : number * size] if number else column.rows[behind * size :]
        front = number == 0
        doors = channels_below(column) if front else ()
        shown = reversed(rows) if rows or not doors else column.newest  # behind the doors: what is new there
        yield ListModel(
            section=section,
            number=number,
            total=len(column.rows) if front else 0,
            lines=tuple(line_of(row) for row in shown),
            blocks=blocks_below(column, BLOCK_LINES) if front else (),
            doors=doors,
            newer=None if front else _link(section.path, number + 1, behind),
            older=_link(section.path, behind if front else number - 1, behind) if number != 1 else None,
            pages=_links(section.path, number, behind),
        )


def _link(path: str, number: int, behind: int) -> Link | None:
    if number < 1:
        return None
    return Link(str(number), listing_path(path, number)) if number <= behind else Link("最新", path)


def _links(path: str, number: int, behind: int) -> tuple[Link, ...]:
    """The newest, the pages near this one, and the oldest; a full page knows nothing of how many follow."""
    if not behind:
        return ()
    middle = number or behind
    near = [one for one in range(middle + NEAR, middle - NEAR - 1, -1) if 1 <= one <= behind]
    numbers = [*near, *([] if 1 in near else [1])]
    return (Link("最新", path), *(Link(str(one), listing_path(path, one)) for one in numbers))
