"""What a proof-reading says: findings with exact places, and one level for the whole text.

Nothing is ever deleted by a machine: a verdict names, a person decides; overriding a `block` needs a
reason and a second person, which is the caller's action.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["pass", "mask", "review", "block"]
Purpose = Literal["publish", "citizen"]
SEVERITY: dict[Level, int] = {"pass": 0, "mask": 1, "review": 2, "block": 3}

CLASSES: dict[str, str] = {
    "serious": "严重表述错误",
    "harmful": "违法有害内容",
    "secret": "涉密或内部标志",
    "advert": "广告或外链",
    "wording": "错别字或用词",
    "privacy": "个人信息",
    "disguise": "伪装字符",
}

Span = tuple[int, int]


@dataclass(frozen=True)
class Finding:
    """One place in a text that a person must look at, or that the public version hides.

    `start` and `end` count characters of the text that was handed in, tags and invisible characters
    included.  `evidence` is that stretch of text; personal numbers appear in it already masked, so that a
    verdict may be kept in the audit.  `hide` holds the stretches that `mask` replaces by asterisks.
    """

    rule: str
    klass: str
    level: Level
    start: int
    end: int
    title: str
    evidence: str = ""
    suggestion: str = ""
    doubtful: bool = False
    hidden: bool = False
    hide: tuple[Span, ...] = ()

    def sentence(self) -> str:
        """The finding in one Chinese line, for the person who reads the list."""
        marks = "（疑似）" if self.doubtful else ""
        place = "（在页面不显示的部分）" if self.hidden else ""
        advice = f"，建议改为“{self.suggestion}”" if self.suggestion else ""
        return f"{CLASSES[self.klass]}{marks}：{self.title}“{self.evidence}”{place}{advice}。"


@dataclass(frozen=True)
class Verdict:
    """All findings of one text, in reading order, and which word lists were in force."""

    findings: tuple[Finding, ...]
    purpose: Purpose
    words_version: str

    @property
    def level(self) -> Level:
        """The severest level found; `pass` when nothing was."""
        return max((one.level for one in self.findings), key=SEVERITY.__getitem__, default="pass")

    @property
    def blocked(self) -> bool:
        """Whether the text may not go out as it stands."""
        return self.level == "block"
