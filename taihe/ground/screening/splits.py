"""Characters written in pieces (讠式 for 试): spellings of a word that are looked for as well, for review only."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from .fold import fold, read_table

_MOST_SPELLINGS = 32


@lru_cache(maxsize=1)
def _pieces() -> dict[str, tuple[str, ...]]:
    """Character → its ways of being written in pieces, folded."""
    found: dict[str, tuple[str, ...]] = {}
    for item in read_table("splits"):
        found[item[0]] = (*found.get(item[0], ()), fold(item[1:]))
    return found


def split_spellings(folded: str) -> list[str]:
    """A folded word with one or more characters in pieces; the word itself is not among them."""
    ways = [(one, *_pieces().get(one, ())) for one in folded]
    choices = islice(product(*ways), 1, _MOST_SPELLINGS)  # the first is the word itself
    return ["".join(choice) for choice in choices]
