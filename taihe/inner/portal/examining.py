"""The machine's proof-reading of a content before people read it (三校): every field, with exact places.

What may not go out (listed words, personal numbers, secret marks) is named; a person decides about the
rest.  Evidence is kept with personal numbers already masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from taihe.ground.screening import CLASSES, Finding, Verdict, screen

from .content import ArticleContent, ColumnContent, PageContent

# Never let out on anybody's word: secret marks and personal numbers are taken out, or the text does not go.
NEVER_OVERRIDDEN = ("secret", "privacy")
TITLES = {"block": "禁止发布", "mask": "须处理", "review": "请核对"}


@dataclass(frozen=True)
class Place:
    """One finding, in which field of the content."""

    field: str
    field_title: str
    finding: Finding

    def kept(self) -> dict[str, Any]:
        """For the record and the page."""
        one = self.finding
        return {
            "field": self.field,
            "field_title": self.field_title,
            "level": one.level,
            "level_title": TITLES.get(one.level, one.level),
            "rule": one.rule,
            "klass": one.klass,
            "klass_title": CLASSES[one.klass],
            "title": one.title,
            "start": one.start,
            "end": one.end,
            "evidence": one.evidence,
            "suggestion": one.suggestion,
            "doubtful": one.doubtful,
            "sentence": f"{self.field_title}第 {one.start + 1} 字起：{one.sentence()}",
        }


@dataclass(frozen=True)
class Examined:
    """All findings of one content, and which word lists were in force."""

    places: tuple[Place, ...]
    words_version: str

    def of_level(self, *levels: str) -> list[Place]:
        """Findings of these levels."""
        return [one for one in self.places if one.finding.level in levels]

    @property
    def level(self) -> str:
        """The severest level; `pass` when nothing was found."""
        return next((one for one in ("block", "mask", "review") if self.of_level(one)), "pass")

    @property
    def maskable(self) -> list[Place]:
        """Personal numbers that the system can mask on the spot."""
        return [one for one in self.of_level("block", "mask") if one.finding.klass == "privacy" and one.finding.hide]

    @property
    def blocked(self) -> list[Place]:
        """What stops the text."""
        return self.of_level("block", "mask")

    @property
    def overridable(self) -> bool:
        """Whether a reason and a second person may let it pass."""
        return bool(self.blocked) and not any(one.finding.klass in NEVER_OVERRIDDEN for one in self.blocked)

    def kept(self) -> dict[str, Any]:
        """For the Submission."""
        return {"level": self.level, "words": self.words_version, "findings": [one.kept() for one in self.places]}


def texts(content: PageContent) -> Iterator[tuple[str, str, str, bool]]:
    """Key, Chinese title, text and whether it is HTML, of everything the public would read."""
    yield "title", "标题", content.title, False
    if isinstance(content, ArticleContent):
        yield "summary", "摘要", content.summary, False
        yield "body", "正文", content.body, True
        yield "keywords", "关键词", "，".join(content.keywords), False
        yield "author", "署名", "，".join(filter(None, (content.author, content.editor))), False
        for number, picture in enumerate([*([content.lead] if content.lead else []), *content.pictures], start=1):
            yield f"picture{number}", f"图片{number}的文字", f"{picture.alt}\n{picture.caption}", False
        for number, file in enumerate(content.downloads, start=1):
            yield f"download{number}", f"附件{number}的名称", f"{file.title}\n{file.name}", False
    elif isinstance(content, ColumnContent):
        yield "description", "栏目描述", content.description, False
        yield "keywords", "关键词", "，".join(content.keywords), False
        yield "intro", "子站简介", content.channel.intro if content.channel else "", False
    else:
        yield "notice", "网站公告", content.notice, False


def examine(content: PageContent) -> Examined:
    """Look all texts of a content through.  Raises BadSetup when a word list is changed or missing."""
    places: list[Place] = []
    version = ""
    for key, title, text, is_html in texts(content):
        if not text.strip():
            continue
        verdict: Verdict = screen(text, html=is_html)
        version = verdict.words_version
        places += [Place(key, title, one) for one in verdict.findings]
    return Examined(tuple(places), version)
