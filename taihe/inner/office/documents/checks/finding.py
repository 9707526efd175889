"""One finding of a check, as the editor and the refusals show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from ..content import Content

Severity = Literal["B", "W", "I"]
Fix = Callable[[Content], Content]
TITLES = {"B": "必须改正", "W": "请核对", "I": "说明"}


@dataclass(frozen=True)
class Finding:
    """What a check found.

    `where` names the part (title, addressees, body, listed, signature, copies, note, issued, attachment1 …,
    paper, fields); `line` counts its paragraphs from 1; `place` tells findings of one code apart.  B stops
    the step, W does not; `reason_allowed` says that a reason kept in Document.reasons lets it pass.
    """

    code: str
    severity: Severity
    clause: str
    happened: str
    where: str = "body"
    line: int | None = None
    place: str = ""
    fix_title: str = ""
    fix: Fix | None = field(default=None, compare=False, repr=False)
    reason_allowed: bool = False

    @property
    def severity_title(self) -> str:
        """必须改正, 请核对 or 说明."""
        return TITLES[self.severity]


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop the step."""
    return [one for one in findings if one.severity == "B"]
