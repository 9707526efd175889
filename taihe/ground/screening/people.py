"""Names and addresses behind their labels (姓名：张三): the only ones a machine can tell without guessing at people."""

from __future__ import annotations

import re

from .verdict import Span

_HAN = "\u3400-\u9fff\U00020000-\U000323af"
_VALUES = {
    "name": re.compile(rf"[\s:：]*((?:[{_HAN}]{{2,4}}|[{_HAN}]{{1,10}}·[{_HAN}]{{1,10}})(?![{_HAN}·]))"),
    "address": re.compile(r"[\s:：]*([^\n。；;，,]{6,60})"),
}
TITLES = {"name": "姓名", "address": "住址"}


def value_after(text: str, end: int, kind: str) -> Span | None:
    """Where the value of a label that ends at `end` stands; None when what follows has not its shape."""
    found = _VALUES[kind].match(text, end)
    return found.span(1) if found else None


def hidden_part(span: Span, shown: int) -> tuple[Span, ...]:
    """The stretch of a value that a mask hides, leaving its first `shown` characters."""
    start, end = span
    return tuple((at, at + 1) for at in range(min(start + shown, end - 1), end))
