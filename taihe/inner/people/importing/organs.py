"""Checking a file of organs against itself and against the county as it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from taihe.ground import clock

from ..models import Organ, OrganKind, OrganStatus, OrganSystem
from .report import Line, Report
from .tables import Table

ORGAN_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("*机构代码", "代码", "编码"),
    "name": ("*机构全称", "全称", "机构名称", "名称"),
    "short_name": ("机构简称", "简称"),
    "kind": ("*机构类别", "类别", "类型"),
    "parent": ("上级机构代码", "上级机构", "上级"),
    "guide_parent": ("业务指导单位代码", "业务指导单位", "指导单位"),
    "host": ("设置单位代码", "设置单位"),
    "system": ("所属系统", "系统"),
    "order": ("排序", "序号"),
    "credit_code": ("统一社会信用代码", "信用代码"),
    "valid_from": ("起用日期", "成立日期", "起始日期"),
    "note": ("备注",),
}
_TITLES = {key: named[0].lstrip("*") for key, named in ORGAN_COLUMNS.items()}
_PATH_LIMIT = 300


@dataclass
class OrganDraft:
    """One organ to be loaded; parent, guide and host are codes, of the file or of the database."""

    code: str
    name: str
    short_name: str
    kind: str
    system: str
    parent: str
    guide_parent: str
    host: str
    order: int
    credit_code: str
    valid_from: date
    note: str


def _draft(line: Line) -> OrganDraft:
    name = line.text("name", 120)
    return OrganDraft(
        code=line.text("code", 40),
        name=name,
        short_name=line.text("short_name", 40, needed=False) or name[:40],
        kind=line.choice("kind", dict(OrganKind.choices)),
        system=line.choice("system", dict(OrganSystem.choices), needed=False),
        parent=line.text("parent", 40, needed=False),
        guide_parent=line.text("guide_parent", 40, needed=False),
        host=line.text("host", 40, needed=False),
        order=line.number("order", 1_000_000),
        credit_code=line.text("credit_code", 18, needed=False),
        valid_from=line.day("valid_from") or clock.today(),
        note=line.text("note", 200, needed=False),
    )


def check_organs(table: Table, allowed: tuple[str, ...] = ("",)) -> Report[OrganDraft]:
    """Say of each row whether it can be loaded (1 query whatever the size).

    `allowed` are the paths of the organs below which the asker may establish others; ``("",)`` is
    the whole county.
    """
    lines = [Line(number, row, _TITLES) for number, row in table.rows]
    for line in lines:
        line.refuse_formulas()
    drafts = [_draft(line) for line in lines]
    standing = _standing()
    _check_codes(lines, drafts, standing)
    _check_references(lines, drafts, standing)
    _check_systems(lines, drafts, standing)
    _check_hanging(lines, drafts, standing, allowed)
    return Report(lines, drafts, table.digest, table.file_name)


def _standing() -> dict[str, Organ]:
    return {one.code: one for one in Organ.objects.only("code", "path", "system", "status", "name")}


def _check_codes(lines: list[Line], drafts: list[OrganDraft], standing: dict[str, Organ]) -> None:
    known = {code.lower() for code in standing}
    count = Counter(draft.code.lower() for draft in drafts)
    first: dict[str, int] = {}
    for line, draft in zip(lines, drafts, strict=True):
        code = draft.code.lower()
        if "/" in code:
            line.say("code", "机构代码不能含有斜杠。")
        if code in known:
            line.say("code", "该代码已有机构使用。")
        elif code and count[code] > 1 and first.setdefault(code, line.row) != line.row:
            line.say("code", f"与第 {first[code]} 行的代码重复。")


def _check_references(lines: list[Line], drafts: list[OrganDraft], standing: dict[str, Organ]) -> None:
    named = {draft.code for draft in drafts}
    for line, draft in zip(lines, drafts, strict=True):
        for column, code in (("parent", draft.parent), ("guide_parent", draft.guide_parent), ("host", draft.host)):
            if not code or code in named:
                continue
            if code not in standing:
                line.say(column, "没有代码为该值的机构，本文件中也没有。")
            elif standing[code].status != OrganStatus.ACTIVE:
                line.say(column, f"{standing[code].name}{standing[code].get_status_display()}。")


def _check_systems(lines: list[Line], drafts: list[OrganDraft], standing: dict[str, Organ]) -> None:
    """An empty system is the parent's."""
    by_code = {draft.code: draft for draft in drafts}
    for line, draft in zip(lines, drafts, strict=True):
        above, seen = draft, {draft.code}
        while not above.system and above.parent in by_code and above.parent not in seen:
            seen.add(above.parent)
            above = by_code[above.parent]
        inherited = standing.get(above.parent)
        draft.system = draft.system or above.system or (inherited.system if inherited else "")
        if not draft.system and not line.faulty("system"):
            line.say("system", "没有填写，也不能从上级机构得出。")


def _check_hanging(
    lines: list[Line], drafts: list[OrganDraft], standing: dict[str, Organ], allowed: tuple[str, ...]
) -> None:
    """Every row leads up to an organ that stands, without going in circles, and the asker keeps that organ."""
    by_code = {draft.code: draft for draft in drafts}
    for line, draft in zip(lines, drafts, strict=True):
        trail, code = [draft.code], draft.parent
        while code in by_code and code not in trail:
            trail.append(code)
            code = by_code[code].parent
        if code in trail:
            line.say("parent", "上级关系成了环：" + " → ".join([*trail, code]) + "。")
            continue
        above = standing[code].path if code in standing else ""
        if len(above) + sum(len(one) + 1 for one in trail) > _PATH_LIMIT:
            line.say("parent", "机构层级过深。")
        if (not code or code in standing) and not any(above.startswith(path) for path in allowed):
            line.say("parent", "不在您可以维护的范围内。" if code else "您不能设立没有上级的机构。")
