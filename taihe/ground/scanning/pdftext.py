"""The words on a PDF's first page, where a secret mark stands (GB/T 9704—2012 7.2.2: 版心左上角).

Not a reader for people: only what is needed to find a mark.  Fonts are understood by their own table of
characters (ToUnicode) or by the usual Chinese encodings; a page that is one picture has no words.  Whatever
cannot be read gives no words and is left to the other engines.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_BYTES = 512 * 1024
"""Of one stream, after unpacking: a first page has a few kilobytes."""
_DEEPEST, _MOST_FORMS, _MOST_CODES = 16, 20, 70_000
_UNREADABLE = (
    PdfError, ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, LookupError, NotImplementedError,
    OSError, RecursionError, TypeError, ValueError, zlib.error,
)  # fmt: skip
# A string that is not closed runs to the end, so that every byte is looked at once.
_TOKEN = re.compile(
    rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*+(?:\)|\Z))*+(?:\)|\Z)|<[0-9A-Fa-f\s]*+>|/[^\s/\[\]<>(){}%]++|[\[\]]"
    rb"|[-+.\d]++|[A-Za-z'\"*]++",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r\n?|\n)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_ENCODINGS = {
    "/UniGB-UCS2-H": "utf-16-be", "/UniGB-UTF16-H": "utf-16-be", "/GBK-EUC-H": "gbk", "/GBKp-EUC-H": "gbk",
    "/GBK2K-H": "gb18030", "/GB-EUC-H": "gbk", "/GBpc-EUC-H": "gbk",
}  # fmt: skip
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*+)>|(\[)|(\])")
_SHOWS, _TURNS = (b"Tj", b"TJ", b"'", b'"'), (b"'", b'"')
_SAME_LINE = 1.0
_OPERANDS = b"(<[]/-+.0123456789"


def first_page(file: BinaryIO) -> str:
    """The words of the first page in the order they are drawn; empty when there are none or they cannot be read."""
    try:
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted:
            return ""
        page, resources = _page(reader.root["/Pages"])
        return "".join(_words(_contents(page), resources, _MOST_FORMS))
    except _UNREADABLE:
        return ""


def _at(holder: Any, key: str, default: Any) -> Any:
    """A value of a dictionary, followed to where it stands (`get` would give the reference)."""
    return holder[key] if key in holder else default


def _page(node: Any) -> tuple[Any, Any]:
    """The first leaf of the page tree, with the resources it has or inherits."""
    resources = _at(node, "/Resources", {})
    for _ in range(_DEEPEST):
        if "/Kids" not in node:
            break
        node = node["/Kids"][0]
        resources = _at(node, "/Resources", resources)
    return node, resources


def _contents(page: Any) -> bytes:
    streams = page["/Contents"]
    parts = [streams] if isinstance(streams, StreamObject) else [streams[at] for at in range(min(len(streams), 50))]
    return b"\n".join(_unpacked(one) for one in parts)[:MOST_BYTES]


def _unpacked(stream: StreamObject) -> bytes:
    """The stream's bytes, bounded; nothing of one packed in another way than zlib."""
    filters = _at(stream, "/Filter", [])
    names = [str(filters)] if not isinstance(filters, list) else [str(one) for one in filters]
    if names == ["/FlateDecode"]:
        return zlib.decompressobj().decompress(stream.encoded_data, MOST_BYTES)
    return b"" if names else stream.encoded_data[:MOST_BYTES]


def _words(data: bytes, resources: Any, forms: int) -> Iterator[str]:
    """What is shown, with a new line wherever the pen moves up or down: runs on one line are one text."""
    fonts, font, held, pen = dict[str, "_Font"](), _Font({}, ""), list[bytes](), _Pen()
    for token in _TOKEN.findall(data):
        if token[:1] in _OPERANDS:
            held.append(token)
            continue
        if token == b"Tf" and len(held) > 1:
            name = held[-2].decode("latin-1")
            font = fonts.setdefault(name, _font(resources, name)) if name not in fonts else fonts[name]
        pen.move(token, held)
        if token in _SHOWS:
            yield "\n" if pen.turned(token) else ""
            yield "".join(font.read(_string(one)) for one in held if one[:1] in b"(<")
        if token == b"Do" and held and forms:
            yield from _form(resources, held[-1].decode("latin-1"), forms - 1)
        held.clear()


class _Pen:
    """How high the text stands, as far as a line is told from the next one."""

    def __init__(self) -> None:
        self.base, self.line, self.last = 0.0, 0.0, 0.0

    def move(self, token: bytes, held: list[bytes]) -> None:
        """Follow an operator that places what comes after it."""
        if token == b"cm" and len(held) > 5:
            self.base = float(held[-1])
        elif token == b"BT":
            self.line = 0.0
        elif token == b"Tm" and len(held) > 5:
            self.line = float(held[-1])
        elif token in (b"Td", b"TD") and held:
            self.line += float(held[-1])

    def turned(self, token: bytes) -> bool:
        """Whether a new line has begun since the last text."""
        height, last = self.base + self.line, self.last
        self.last = height
        return token in _TURNS or abs(height - last) > _SAME_LINE


def _form(resources: Any, name: str, forms: int) -> Iterator[str]:
    """The words of a form that the page draws, such as a head of its own."""
    one = _at(_at(resources, "/XObject", {}), name, None)
    if isinstance(one, StreamObject) and str(_at(one, "/Subtype", "")) == "/Form":
        yield from _words(_unpacked(one), _at(one, "/Resources", resources), min(forms, 3))


def _string(token: bytes) -> bytes:
    if token[:1] == b"<":
        digits = bytes(one for one in token[1:-1] if one not in b" \t\r\n\f\0")
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    return _ESCAPE.sub(_escaped, token[1:-1])


def _escaped(hit: re.Match[bytes]) -> bytes:
    said = hit[1]
    if said[:1].isdigit():
        return bytes([int(said, 8) & 0xFF])
    return _ESCAPED.get(said, b"" if said[:1] in b"\r\n" else said)


class _Font:
    """How a font's codes are read."""

    def __init__(self, table: dict[bytes, str], encoding: str) -> None:
        self.table, self.encoding = table, encoding
        self.width = max((len(one) for one in table), default=1)

    def read(self, codes: bytes) -> str:
        """The characters of some codes; unknown ones are left out."""
        if not self.table:
            return codes.decode(self.encoding or "latin-1", "ignore")
        step = self.width
        return "".join(self.table.get(codes[at : at + step], "") for at in range(0, len(codes), step))


def _font(resources: Any, name: str) -> _Font:
    one = _at(_at(resources, "/Font", {}), name, {})
    known = _at(one, "/ToUnicode", None)
    table = _table(_unpacked(known)) if isinstance(known, StreamObject) else {}
    return _Font(table, _ENCODINGS.get(str(_at(one, "/Encoding", "")), ""))


def _table(cmap: bytes) -> dict[bytes, str]:
    """Codes to characters, out of a ToUnicode table."""
    table: dict[bytes, str] = {}
    for part in _CHARS.findall(cmap):
        codes = [_string(b"<%s>" % hit[0]) for hit in _HEX.findall(part)]
        table |= {code: _unicode(text) for code, text in zip(codes[::2], codes[1::2], strict=False)}
    for part in _RANGES.findall(cmap):
        _add_ranges(table, _HEX.findall(part))
        if len(table) > _MOST_CODES:
            break
    return table


def _add_ranges(table: dict[bytes, str], parts: list[tuple[bytes, bytes, bytes]]) -> None:
    """<first> <last> <character of the first>, or a list of characters in brackets."""
    at = 0
    while at + 2 < len(parts) and len(table) <= _MOST_CODES:
        first, last = (_string(b"<%s>" % parts[at + place][0]) for place in (0, 1))
        at += 2
        low, size = int.from_bytes(first), len(first)
        count = min(int.from_bytes(last) - low + 1, _MOST_CODES)
        if parts[at][1]:
            end = next(place for place in range(at, len(parts)) if parts[place][2])
            texts = [_unicode(_string(b"<%s>" % one[0])) for one in parts[at + 1 : end]]
            at = end + 1
        else:
            begin = _unicode(_string(b"<%s>" % parts[at][0]))
            texts = [begin[:-1] + chr(ord(begin[-1]) + place) for place in range(count)] if begin else []
            at += 1
        table |= {(low + place).to_bytes(size): text for place, text in enumerate(texts[:count])}


def _unicode(text: bytes) -> str:
    return text.decode("utf-16-be", "ignore")
