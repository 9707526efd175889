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
from typing import cast

from .verdict import Span

#: Elements that end a line on the page: no word is read across them.
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = frozenset(("template", "noscript"))
_RAW_SEEN = frozenset(("title", "textarea", "xmp"))
_RAW = _RAW_SEEN | {"script", "style", "iframe", "noembed", "noframes"}
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE
)
_MARKUP = re.compile(r"<(?:/?([a-zA-Z][^\s/>]*)|[!?]|/(?!>))")
#: A whole tag; a quote counts only as the beginning of a value, and an open value goes on to the end of the page.
_TAG = re.compile(r"""</?[a-zA-Z][^\s/>]*+(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|))*+(?:>|\Z)""")
_ATTRIBUTE = re.compile(r"""[\s/]([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")
_REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?")
_LINE_BREAK = "\n"


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


def _hides(tag: str) -> bool:
    """Whether an element's own attributes keep it from being seen."""
    named = {found[1].lower(): (found[2] or "").strip("\"'") for found in _ATTRIBUTE.finditer(tag)}
    return "hidden" in named or bool(_HIDING_STYLE.search(html.unescape(named.get("style", ""))))


class _Reader:
    """Sorts a page's characters into what is seen and what is not; nothing of the source is left out.

    Reads as browsers do (WHATWG HTML, tokenization): what is not closed goes on to the end.  Each character is
    looked at once, which Python's own parser does not promise for broken pages.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.seen = Stream()
        self.unseen = Stream(hidden=True)
        self._hiding, self._depth = "", 0  # the element that hides what follows, and how often it is open
        at = 0
        while opening := _MARKUP.search(source, at):
            self._text(self._stream(), at, opening.start())
            at = self._tag(opening.start(), opening[1]) if opening[1] else self._comment(opening.start())
        self._text(self._stream(), at, len(source))

    def _stream(self) -> Stream:
        return self.unseen if self._hiding else self.seen

    def _text(self, stream: Stream, start: int, end: int) -> None:
        """White space, line ends included, shows as a blank on a page: it separates, it does not end a line."""
        source, at = self.source, start
        for found in _REFERENCE.finditer(source, start, end):
            stream.add(source[at : found.start()].replace("\n", " "), at, found.start())
            shown = html.unescape(found[0]).replace("\n", " ")
            stream.add(shown, *found.span(), verbatim=False)
            at = found.end()
        stream.add(source[at:end].replace("\n", " "), at, end)

    def _aside(self, start: int, end: int) -> int:
        """Markup is not seen, and still sent out."""
        self.unseen.end_line(start)
        self._text(self.unseen, start, end)
        self.unseen.end_line(end)
        return end

    def _comment(self, start: int) -> int:
        close = "-->" if self.source.startswith("<!--", start) else ">"
        end = self.source.find(close, start + 2)
        return self._aside(start, len(self.source) if end < 0 else end + len(close))

    def _tag(self, start: int, name: str) -> int:
        tag, closing = name.lower(), self.source[start + 1] == "/"
        found = cast(
            re.Match[str], _TAG.match(self.source, start)
        )  # what begins like a tag is one, to the end at worst
        end = found.end()
        if tag in _BLOCKS and not self._hiding:
            self.seen.end_line(start)
        self._aside(start, end)
        if tag in _RAW and not closing:
            return self._raw(tag, end)
        if self._hiding == tag:
            self._depth += -1 if closing else 1
            self._hiding = tag if self._depth else ""
        elif not self._hiding and not closing and tag not in _VOID and (tag in _UNSEEN or _hides(found[0])):
            self._hiding, self._depth = tag, 1
        return end

    def _raw(self, tag: str, start: int) -> int:
        """Elements whose content is no markup: up to their own end tag, or the end of the page."""
        close = re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE).search(self.source, start)
        end = close.start() if close else len(self.source)
        self._text(self._stream() if tag in _RAW_SEEN else self.unseen, start, end)
        return end


def page(text: str) -> tuple[Stream, ...]:
    """A page's streams: what is seen, and what is not."""
    reader = _Reader(text)
    return reader.seen.close(), reader.unseen.close()
