"""Checking a file of officers and their posts; several rows of one sign-in name are one person's posts."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from taihe.ground import clock

from ..holding import Period, most_holders, overlaps
from ..models import Appointment, Officer, Organ, OrganStatus, Post
from .report import Line, Report
from .tables import Table

OFFICER_COLUMNS: dict[str, tuple[str, ...]] = {
    "sign_in": ("*登录名", "账号", "用户名"),
    "name": ("*姓名",),
    "organ": ("*机构代码", "机构"),
    "post": ("*岗位", "岗位名称", "职务"),
    "main": ("主岗", "是否主岗"),
    "phone": ("手机号", "手机", "电话", "联系电话"),
    "email": ("电子邮箱", "邮箱"),
    "appointed_from": ("任职起始", "任职日期", "任职时间"),
    "appointed_to": ("任职截止", "截止日期"),
    "note": ("备注",),
}
_TITLES = {key: named[0].lstrip("*") for key, named in OFFICER_COLUMNS.items()}
_SIGN_IN_NAME = re.compile(r"^[a-z][a-z0-9._-]{2,39}$")
_PHONE = re.compile(r"^\+?\d[\d -]{5,19}$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_YES = {"1", "是", "主岗", "y", "yes", "true", "√"}
_NO = {"", "0", "否", "兼任", "n", "no", "false", "×"}


@dataclass
class OfficerDraft:
    """One appointment to be loaded, with the person it belongs to."""

    sign_in: str
    name: str
    phone: str
    email: str
    note: str
    post: Post | None
    is_main: bool
    valid_from: date
    valid_to: date | None


def check_officers(table: Table, allowed: tuple[str, ...] = ("",)) -> Report[OfficerDraft]:
    """Say of each row whether it can be loaded (4 queries whatever the size).

    `allowed` are the paths of the organs whose people the asker may keep; ``("",)`` is the whole county.
    """
    lines = [Line(number, row, _TITLES) for number, row in table.rows]
    for line in lines:
        line.refuse_formulas()
    organs, posts = _places(lines)
    drafts = [_draft(line, organs, posts, allowed) for line in lines]
    _check_sign_in(lines, drafts)
    _check_same_person(lines, drafts)
    _check_room(lines, drafts)
    return Report(lines, drafts, table.digest, table.file_name)


def _places(lines: list[Line]) -> tuple[dict[str, Organ], dict[tuple[int, str], Post]]:
    codes = {line.get("organ") for line in lines}
    organs = {one.code: one for one in Organ.objects.filter(status=OrganStatus.ACTIVE) if one.code in codes}
    posts = Post.objects.filter(organ__status=OrganStatus.ACTIVE, valid_to__isnull=True)
    return organs, {(one.organ_id, one.title): one for one in posts}


def _draft(
    line: Line, organs: dict[str, Organ], posts: dict[tuple[int, str], Post], allowed: tuple[str, ...]
) -> OfficerDraft:
    post = _post(line, organs, posts, allowed)
    begins, ends = line.day("appointed_from"), line.day("appointed_to")
    if begins and ends and ends < begins:
        line.say("appointed_to", "早于任职起始日期。")
    main = line.get("main").lower()
    if main not in _YES | _NO:
        line.say("main", "请填 是 或 否。")
    draft = OfficerDraft(
        sign_in=line.text("sign_in", 40).lower(),
        name=line.text("name", 80),
        phone=line.text("phone", 20, needed=False),
        email=line.text("email", 254, needed=False),
        note=line.text("note", 200, needed=False),
        post=post,
        is_main=main in _YES,
        valid_from=begins or clock.today(),
        valid_to=ends,
    )
    if draft.phone and not _PHONE.match(draft.phone):
        line.say("phone", "不是有效的电话号码。")
    if draft.email and not _EMAIL.match(draft.email):
        line.say("email", "不是有效的电子邮箱。")
    if post and draft.valid_from < post.valid_from:
        line.say("appointed_from", f"早于岗位的设置日期（{post.valid_from}）。")
    return draft


def _post(
    line: Line, organs: dict[str, Organ], posts: dict[tuple[int, str], Post], allowed: tuple[str, ...]
) -> Post | None:
    code, title = line.text("organ", 40), line.text("post", 60)
    organ = organs.get(code)
    if organ is None:
        if code:
            line.say("organ", "没有代码为该值的在册机构。")
        return None
    if not any(organ.path.startswith(path) for path in allowed):
        line.say("organ", "不在您可以维护的范围内。")
    post = posts.get((organ.pk, title))
    if post is None and title:
        line.say("post", f"{organ.short_name}没有这个岗位。")
    return post


def _check_sign_in(lines: list[Line], drafts: list[OfficerDraft]) -> None:
    used = set(Officer.objects.values_list("sign_in_name", flat=True))
    for line, draft in zip(lines, drafts, strict=True):
        if draft.sign_in and not _SIGN_IN_NAME.match(draft.sign_in):
            line.say("sign_in", "须以小写字母开头，由 3 至 40 个小写字母、数字、点、横线或下划线组成。")
        elif draft.sign_in in used:
            line.say("sign_in", "该登录名已被使用。")


def _check_same_person(lines: list[Line], drafts: list[OfficerDraft]) -> None:
    """Rows of one sign-in name agree on name and phone, and hold no post twice and one main post at a time."""
    by_name: dict[str, list[tuple[Line, OfficerDraft]]] = defaultdict(list)
    for line, draft in zip(lines, drafts, strict=True):
        before = by_name[draft.sign_in] if draft.sign_in else []
        if before and draft.name != before[0][1].name:
            line.say("name", f"与第 {before[0][0].row} 行同一登录名的姓名不同。")
        if before and draft.phone and draft.phone != before[0][1].phone:
            line.say("phone", f"与第 {before[0][0].row} 行同一登录名的号码不同。")
        for earlier, other in before:
            if not overlaps(other, draft.valid_from, draft.valid_to):
                continue
            if draft.post and draft.post == other.post:
                line.say("post", f"与第 {earlier.row} 行重复任同一岗位。")
            if draft.is_main and other.is_main:
                line.say("main", f"与第 {earlier.row} 行的主岗时间重叠，一人同时只有一个主岗。")
        if draft.sign_in:
            before.append((line, draft))


def _check_room(lines: list[Line], drafts: list[OfficerDraft]) -> None:
    """No post gets more holders than it may have, counting those who hold it already."""
    held: dict[int, list[Period]] = defaultdict(list)
    for one in Appointment.objects.filter(post__in={draft.post.pk for draft in drafts if draft.post}):
        held[one.post_id].append(one)
    for line, draft in zip(lines, drafts, strict=True):
        post = draft.post
        if post is None:
            continue
        held[post.pk].append(draft)
        if most_holders(held[post.pk], draft.valid_from, draft.valid_to) > post.max_holders:
            line.say("post", f"该岗位任职人数已达上限（{post.max_holders} 人）。")
            held[post.pk].pop()
