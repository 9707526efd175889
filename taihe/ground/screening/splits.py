"""Characters written in pieces (讠式 for 试): spellings of a word that are looked for as well, for review only."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path

from .fold import fold

_TABLE = Path(__file__).parent / "tables" / "splits.txt"
_MOST_SPELLINGS = 32


@lru_cache(maxsize=1)
def _pieces() -> dict[str, tuple[str, ...]]:
    """Character → its ways of being written in pieces, folded."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            for item in line.split():
                found[item[0]] = (*found.get(item[0], ()), fold(item[1:]))
    return found


def split_spellings(folded: str) -> list[str]:
    """A folded word with one or more characters in pieces; the word itself is not among them."""
    ways = [(one, *_pieces().get(one, ())) for one in folded]
    spellings: list[str] = []
    for choice in product(*ways):
        if len(spellings) > _MOST_SPELLINGS:
            break
        spellings.append("".join(choice))
    return [one for one in spellings if one != folded]
