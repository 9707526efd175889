"""Who may do what in the editorial office: permissions that roles give over an organ and all below it."""

from __future__ import annotations

from taihe.inner.people.permissions import register_permission

EDIT = register_permission("portal.edit", "编写本单位栏目的稿件")
FIRST = register_permission("portal.first", "稿件初审（含保密审查）")
SECOND = register_permission("portal.second", "稿件复审")
FINAL = register_permission("portal.final", "稿件终审")
WITHDRAW = register_permission("portal.withdraw", "撤稿")
STRUCTURE = register_permission("portal.structure", "设置栏目和首页")
RELEASE = register_permission("portal.release", "页面发布：回退、确认回退、全量重制、处置告警")
WATCH = register_permission("portal.watch", "查看页面发布情况和告警")
REVIEWS = (FIRST, SECOND, FINAL)
