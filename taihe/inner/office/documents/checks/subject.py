"""D01: the title is 发文机关名称, 事由 and 文种, and its 文种 is the one chosen (条例第八条、第九条（七）)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..models.document import Genre
from .case import Case, field_fix
from .finding import Finding

CLAUSE = "条例第八条、第九条（七）"
_TAIL = re.compile(r"(?:（[^（）]{1,12}）)+$")
_END_MARKS = "。，、；：！？.,;:!?"
_NOT_GENRES = ("方案", "办法", "规划", "计划", "总结", "讲话", "细则", "要点", "规定", "制度", "预案")
ENDINGS = {"命令": ("命令", "令"), "纪要": ("纪要",), "函": ("函",)}


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the title."""
    title, genre = case.content.title.strip(), case.document.genre
    if genre not in Genre.values:
        yield Finding("D01", "B", CLAUSE, f"“{genre}”不是公文文种，法定文种共15种。", where="title")
        return
    if not title:
        yield Finding("D01", "B" if case.reached("submit") else "W", CLAUSE, "还没有填写标题。", where="title")
        return
    if title[-1] in _END_MARKS:
        bare = title.rstrip(_END_MARKS)
        yield Finding(
            "D01",
            "W",
            "GB/T 9704—2012 7.3.1",
            "标题末尾不用标点。",
            where="title",
            place="mark",
            fix_title="删去末尾标点",
            fix=field_fix(title=bare),
        )
        title = bare
    yield from _genre(case, title)
    yield from _organ(case, title)


def _genre(case: Case, title: str) -> Iterator[Finding]:
    genre, tail = case.document.genre, _TAIL.search(title)
    head = title[: tail.start()] if tail else title
    if head.endswith("请示报告"):
        yield Finding(
            "D01",
            "B",
            CLAUSE,
            "“请示报告”不是文种：请求指示、批准用请示，汇报工作、反映情况用报告。",
            where="title",
            place="genre",
        )
        return
    if head.endswith(ENDINGS.get(genre, (genre,))):
        return
    other = next((one for one in Genre.values if head.endswith(ENDINGS.get(one, (one,)))), "")
    if other:
        fixed = f"{head[: -len(other)]}{genre}{tail.group() if tail else ''}"
        yield Finding(
            "D01",
            "B",
            CLAUSE,
            f"标题的文种是“{other}”，稿纸上选的是“{genre}”，两处应当一致。",
            where="title",
            place="genre",
            fix_title=f"标题改为“{genre}”",
            fix=field_fix(title=fixed),
        )
        return
    wrong = next((one for one in _NOT_GENRES if head.endswith(one)), "")
    why = f"“{wrong}”不是文种，一般用通知印发。" if wrong else ""
    yield Finding("D01", "W", CLAUSE, f"标题应当以文种“{genre}”结尾。{why}", where="title", place="genre")


def _organ(case: Case, title: str) -> Iterator[Finding]:
    names = {case.series.signature, case.document.organ_name, case.series.organ.name}
    if any(name and title.startswith(name) for name in names):
        return
    fix = field_fix(title=f"{case.series.signature}{title}") if title.startswith("关于") else None
    yield Finding(
        "D01",
        "W",
        CLAUSE,
        "标题一般由发文机关名称、事由和文种组成，现在没有以发文机关名称开头。",
        where="title",
        place="organ",
        fix_title=f"加上“{case.series.signature}”" if fix else "",
        fix=fix,
    )
