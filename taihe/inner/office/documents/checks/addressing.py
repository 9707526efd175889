"""To whom a document may go: D02, D05, D06, D07 (条例第十四、十五条), and that somebody is addressed at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from taihe.inner.people.models import Organ

from .. import recipients
from ..direction import above
from ..models import Addressee
from .case import QUOTED, Case
from .finding import Finding, Severity

ADDRESSED = ("通知", "请示", "报告", "批复", "函", "议案")
"""Genres that always have 主送 (条例第八条)."""
_PERSON = re.compile(r"(?:书记|县长|市长|省长|镇长|乡长|主任|局长|部长|主席|院长|检察长|秘书长|同志|先生|女士)[）)]?$")
_ASKS = re.compile(
    r"(?:恳请|特请|现请|请予|请(?:县|市|贵|上级|您)?.{0,10}?)(?:批准|批复|同意|审批|拨付|解决|安排|支持|核定)"
)
_CLOSING = re.compile(r"妥否|当否|以上请示|请批[复示准]|请予批复")


def check(case: Case) -> Iterator[Finding]:
    """All checks of addressees."""
    yield from _present(case)
    if case.document.genre == "请示":
        yield from _one_main(case)
        yield from _one_matter(case)
    yield from _persons(case)
    yield from _skipping(case)
    if case.document.direction == "up":
        yield from _copied_down(case)


def _mains(case: Case) -> list[str]:
    return [one.text for one in case.of_role("main")] or list(case.content.addressees)


def _present(case: Case) -> Iterator[Finding]:
    if case.document.genre in ADDRESSED and not _mains(case) and case.reached("submit"):
        asks = case.document.genre == "请示"
        yield Finding(
            "D02" if asks else "F04",
            "B" if asks else "W",
            "条例第九条（八）、第十五条" if asks else "条例第九条（八）",
            f"{case.document.genre}应当写明主送机关，现在没有填写。",
            where="addressees",
            place="none",
        )


def _one_main(case: Case) -> Iterator[Finding]:
    count = sum(max(1, len(case.organs(one))) for one in case.of_role("main")) or len(case.content.addressees)
    if count > 1:
        yield Finding(
            "D02",
            "W",
            "条例第十五条（一）",
            f"请示原则上主送一个上级机关，现有{count}个；其他机关需要知悉的，用抄送。",
            where="addressees",
            place="mains",
            reason_allowed=True,
        )


def _one_matter(case: Case) -> Iterator[Finding]:
    asked = []
    for spot in case.of_part("body"):
        for sentence in re.split(r"[。；！]", QUOTED.sub("", spot.text)):
            if _ASKS.search(sentence) and not _CLOSING.search(sentence):
                asked.append(spot)
    if len(asked) > 1:
        yield Finding(
            "D02",
            "W",
            "条例第十五条（四）",
            f"请示应当一文一事，正文中似有{len(asked)}处请求，请核对是否同一事项。",
            where="body",
            line=asked[1].line,
            place="matters",
            reason_allowed=True,
        )


def _persons(case: Case) -> Iterator[Finding]:
    for line in case.lines:
        if line.organ_id is None and not line.group and _PERSON.search(line.text):
            part = "addressees" if line.role == "main" else "copies"
            yield Finding(
                "D07",
                "B",
                "条例第十五条（五）",
                f"“{line.text}”是个人或职务：除上级机关负责人直接交办事项外，不得以本机关名义向上级机关负责人报送公文。",
                where=part,
                place=line.text,
                reason_allowed=True,
            )


def _skipping(case: Case) -> Iterator[Finding]:
    for line in case.of_role("main"):
        skipped = _skipped(case.document.organ, line)
        if not skipped:
            continue
        reason = case.document.reasons.get("D06", "")
        copied = _is_copied(case, skipped)
        what = f"主送“{line.text}”越过了直接上级{skipped}"
        severity: Severity = "B" if not reason else "I" if copied else "W"
        rest = {
            "B": f"；特殊情况确需越级行文的，应当说明理由，并抄送{skipped}。",
            "W": f"；已说明理由，还应当抄送{skipped}。",
            "I": f"；已说明理由：{reason}",
        }[severity]
        yield Finding(
            "D06", severity, "条例第十四条", what + rest, where="addressees", place=line.text, reason_allowed=True
        )


def _is_copied(case: Case, name: str) -> bool:
    for one in case.lines:
        if name in (one.text, *((one.organ.name, one.organ.short_name) if one.organ else ())):
            return True
    return False


def _skipped(organ: Organ, line: Addressee) -> str:
    """Name of the direct superior that a 主送 leaves out, if any."""
    main = line.organ
    if main is not None:
        direct = main.pk in (organ.parent_id, organ.guide_parent_id)
        return "" if direct or main.pk == organ.pk or not main.contains(organ) else _parent_name(organ)
    known = next((one for one in recipients.outside() if one.name == line.text), None)
    if known is None or known.over not in organ.path.split("/"):
        return ""
    return known.skips if known.over == organ.code else _parent_name(organ)


def _parent_name(organ: Organ) -> str:
    return organ.parent.name if organ.parent else ""


def _copied_down(case: Case) -> Iterator[Finding]:
    for line in case.of_role("cc"):
        below = [one for one in case.organs(line) if above(one, case.document.organ)]
        if below:
            yield Finding(
                "D05",
                "B",
                "条例第十五条（一）",
                f"上行文不得抄送下级机关，“{line.text}”是下级机关。",
                where="copies",
                place=line.text,
            )
