"""F04 and F05: marks after names, and that what is listed is what is bound (GB/T 9704-2012, 7.3.2, 7.3.4, 7.3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..content import Content
from .case import Case, field_fix
from .finding import Finding

_MARKS = "。，、；：！.,;:!"
_NUMBER = re.compile(r"^\s*(?:附件\s*\d*\s*[：:]?\s*)?(?:\d{1,2}\s*[.．、]\s*)?")


def check(case: Case) -> Iterator[Finding]:
    """Names of 主送, 抄送 and attachments, the note, and the list of attachments."""
    content = case.content
    yield from _ends("addressees", "主送机关", content.addressees, "GB/T 9704—2012 7.3.2", "冒号由系统加上")
    yield from _ends("copies", "抄送机关", content.copies, "GB/T 9704—2012 7.4.2", "标点由系统加上")
    yield from _ends("listed", "附件说明", content.listed, "GB/T 9704—2012 7.3.4", "附件名称后不加标点")
    yield from _titles(content)
    yield from _note(content)
    yield from _same(case)


def _bare(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one.strip().rstrip(_MARKS) for one in names)


def _ends(where: str, title: str, names: tuple[str, ...], clause: str, why: str) -> Iterator[Finding]:
    wrong = [one for one in names if one.strip().endswith(tuple(_MARKS))]
    if wrong:
        yield Finding(
            "F04",
            "W",
            clause,
            f"{title}“{wrong[0]}”末尾有标点：{why}。",
            where=where,
            place="marks",
            fix_title="删去末尾标点",
            fix=lambda content: content.model_copy(update={where: _bare(getattr(content, where))}),
        )


def _titles(content: Content) -> Iterator[Finding]:
    wrong = [one.title for one in content.attachments if one.title.strip().endswith(tuple(_MARKS))]
    if wrong:
        yield Finding(
            "F04",
            "W",
            "GB/T 9704—2012 7.3.4",
            f"附件标题“{wrong[0]}”末尾有标点：附件名称后不加标点。",
            where="attachment1",
            place="titles",
            fix_title="删去末尾标点",
            fix=_bare_titles,
        )


def _bare_titles(content: Content) -> Content:
    rows = tuple(one.model_copy(update={"title": _bare((one.title,))[0]}) for one in content.attachments)
    return content.model_copy(update={"attachments": rows})


def _note(content: Content) -> Iterator[Finding]:
    note = content.note.strip()
    if note.startswith(("（", "(")) and note.endswith(("）", ")")):
        yield Finding(
            "F04",
            "W",
            "GB/T 9704—2012 7.3.6",
            "附注的圆括号由系统加上，不必输入。",
            where="note",
            place="note",
            fix_title="删去括号",
            fix=field_fix(note=note[1:-1]),
        )


def _same(case: Case) -> Iterator[Finding]:
    content = case.content
    clause = "GB/T 9704—2012 7.3.7"
    titles = _bare(tuple(one.title for one in content.attachments))
    listed = tuple(_NUMBER.sub("", one) for one in _bare(content.listed))
    if listed and listed != titles:
        yield Finding(
            "F05",
            "B",
            clause,
            f"附件说明与所附附件的名称、顺序不一致：{_difference(listed, titles)}。",
            where="listed",
            place="same",
            fix_title="附件说明按所附附件重写",
            fix=field_fix(listed=()),
        )
    for number, one in enumerate(content.attachments, start=1):
        if not one.title.strip() and case.reached("submit"):
            yield Finding("F05", "B", clause, f"附件{number}没有标题。", where=f"attachment{number}", place="title")
        elif not one.blocks:
            yield Finding("F05", "W", clause, f"附件{number}没有内容。", where=f"attachment{number}", place="empty")
    named = [int(one) for spot in case.of_part("body") for one in re.findall(r"附件(\d{1,2})(?!\d)", spot.text)]
    if named and max(named) > len(titles):
        what = f"正文提到附件{max(named)}，所附附件只有{len(titles)}个。"
        yield Finding("F05", "W", clause, what, where="body", place="named")


def _difference(listed: tuple[str, ...], titles: tuple[str, ...]) -> str:
    if sorted(listed) == sorted(titles):
        return "名称相同，顺序不同"
    if len(listed) != len(titles):
        return f"附件说明列了{len(listed)}个，所附附件有{len(titles)}个"
    wrong = next((a, b) for a, b in zip(listed, titles, strict=True) if a != b)
    return f"“{wrong[0]}”与“{wrong[1]}”"
