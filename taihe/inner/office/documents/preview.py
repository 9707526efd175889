"""The paper as it would look now, page by page, for the editor: nothing is stored.

Pages are named by the digest of their picture, so that a browser keeps those that stayed the same; the last
papers drawn are kept in the process, since the same text is often asked for again.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from taihe.ground.errors import CountyError
from taihe.ground.paper import GlyphsMissing, preview_pages
from taihe.ground.paper.fonts import covered

from .content import Content
from .models import Document
from .paper import build

PPI = 96
KEPT = 24
STAND_IN = "〓"
"""Printers' mark for a character that no font holds."""

_kept: OrderedDict[str, tuple[str, ...]] = OrderedDict()
_pictures: dict[str, bytes] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Look:
    """The names of the pages in order, and what keeps the paper from being drawn as it is."""

    pages: tuple[str, ...]
    fault: str = ""

    def pictures(self, have: Collection[str] = ()) -> dict[str, str]:
        """The pages the browser does not hold yet, by name, as data addresses."""
        with _lock:
            found = {name: _pictures.get(name) for name in self.pages if name not in have}
        return {
            name: "data:image/png;base64," + base64.b64encode(data).decode() for name, data in found.items() if data
        }


def look(document: Document, content: Content) -> Look:
    """Draw the draft.  A character that no font holds is named and stands as 〓; the rest is drawn all the same."""
    try:
        return Look(_drawn(document, content))
    except GlyphsMissing as missing:
        fault = missing.sentences()[0]
        try:
            return Look(_drawn(document, _without_unknown(content)), fault)
        except CountyError:
            return Look((), fault)
    except CountyError as refusal:
        return Look((), "".join(refusal.sentences()))


def _drawn(document: Document, content: Content) -> tuple[str, ...]:
    paper = build(document, content)
    key = hashlib.sha256(repr(paper.model_dump()).encode()).hexdigest()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    pages = [(hashlib.sha256(page).hexdigest()[:24], page) for page in preview_pages(paper, ppi=PPI)]
    names = tuple(name for name, _ in pages)
    with _lock:
        _kept[key] = names
        _pictures.update(pages)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        wanted = {name for kept in _kept.values() for name in kept}
        for name in [name for name in _pictures if name not in wanted]:
            del _pictures[name]
    return names


def _without_unknown(content: Content) -> Content:
    plain = content.model_dump_json()
    unknown = {one for one in plain if ord(one) > 127 and ord(one) not in covered() and not one.isspace()}
    return Content.model_validate_json(plain.translate({ord(one): STAND_IN for one in unknown}))
