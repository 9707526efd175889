"""What a reader (or a search engine) gets out of a text: the visible words, and the ones that do not show.

A stream is a plain text with the way back to the text that was handed in.  A page gives several: what
is seen, and what is not (comments, hidden elements, scripts, attribute values), each screened alone, so that
a hidden word neither splits a visible one nor goes out unread.  Only an element's own attributes can hide it
here; what a style sheet hides is read as seen.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .verdict import Span

#: Elements that end a line on the page: no word is read across them.
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = frozenset(("script", "style", "template", "noscript"))
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE
)
#: Markup in pieces: character references, and stretches that begin where a tag or comment may.
_MARKUP = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?|<?[^<&]+|[<&]")
_LINE_BREAK = "\n"


def _one_line(text: str) -> str:
    """White space, line ends included, shows as a blank on a page: it separates, it does not end a line."""
    return text.replace("\n", " ")


@dataclass
class Stream:
    """One plain text and, piece by piece, where it stands in the original."""

    hidden: bool = False
    text: str = ""
    _parts: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _places: list[tuple[int, int, bool]] = field(default_factory=list)
    _length: int = 0

    def add(self, piece: str, start: int, end: int, verbatim: bool = True) -> None:
        """Append a piece standing at [start, end) of the original; not verbatim when it was decoded."""
        if piece:
            self._parts.append(piece)
            self._starts.append(self._length)
            self._places.append((start, end, verbatim))
            self._length += len(piece)

    def end_line(self, at: int) -> None:
        """Nothing is read across this place."""
        self.add(_LINE_BREAK, at, at, verbatim=False)

    def covered(self) -> list[Span]:
        """The stretches of the original that this stream has taken."""
        return [(start, end) for start, end, _verbatim in self._places if end > start]

    def close(self) -> Stream:
        """Join the pieces; nothing is added afterwards."""
        self.text = "".join(self._parts)
        return self

    def _place(self, at: int) -> Span:
        piece = bisect_right(self._starts, at) - 1
        start, end, verbatim = self._places[piece]
        if not verbatim:
            return start, end
        offset = start + at - self._starts[piece]
        return offset, offset + 1

    def span(self, start: int, end: int) -> Span:
        """Where the stretch [start, end) of this stream stands in the original."""
        return self._place(start)[0], self._place(end - 1)[1]


def plain(text: str) -> Stream:
    """A text without markup: one stream, place for place."""
    stream = Stream()
    stream.add(text, 0, len(text))
    return stream.close()


def hides(attributes: list[tuple[str, str | None]]) -> bool:
    """Whether an element's own attributes keep it from being seen."""
    named = {name: value or "" for name, value in attributes}
    return "hidden" in named or bool(_HIDING_STYLE.search(named.get("style", "")))


class _Reader(HTMLParser):
    """Sorts a page's characters into what is seen and what is not; nothing of the source is left out."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = source
        self.seen = Stream()
        self.unseen = Stream(hidden=True)
        self._lines = [0, *(found.end() for found in re.finditer("\n", source))]
        self._hiding: list[str] = []
        self.feed(source)
        self.close()
        self._take_the_rest()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _stream(self) -> Stream:
        return self.unseen if self._hiding else self.seen

    def handle_data(self, data: str) -> None:
        start = self._here()
        self._stream().add(_one_line(data), start, start + len(data))

    def _reference(self, name: str) -> None:
        start = self._here()
        length = len(name) + self.source.startswith(";", start + len(name))
        _add_reference(self._stream(), self.source, start, start + length)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._stream().end_line(self._here())
        if tag not in _VOID and (self._hiding or tag in _UNSEEN or hides(attrs)):
            if not self._hiding:
                self.unseen.end_line(self._here())
            self._hiding.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hiding:
            while self._hiding.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self._stream().end_line(self._here())

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """``<![…>`` is a comment in HTML; the library knows it only from SGML and gives up on some."""
        return self.parse_bogus_comment(i, report)

    def _take_the_rest(self) -> None:
        """Tags with their attributes, comments, and whatever the parser passed over: not seen, and still sent out."""
        at = 0
        for start, end in sorted((*self.seen.covered(), *self.unseen.covered(), (len(self.source),) * 2)):
            for found in _MARKUP.finditer(self.source, at, max(at, start)):
                if found[0].startswith("<"):
                    self.unseen.end_line(found.start())
                if found[0].startswith("&"):
                    _add_reference(self.unseen, self.source, *found.span())
                else:
                    self.unseen.add(_one_line(found[0]), *found.span())
            at = max(at, end)


def _add_reference(stream: Stream, source: str, start: int, end: int) -> None:
    stream.add(_one_line(html.unescape(source[start:end])), start, end, verbatim=False)


def page(text: str) -> tuple[Stream, ...]:
    """A page's streams: what is seen, and what is not."""
    reader = _Reader(text)
    return reader.seen.close(), reader.unseen.close()
