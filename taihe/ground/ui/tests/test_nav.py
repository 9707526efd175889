"""The menu by registry: order, visibility, numbers, and where one stands."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from taihe.ground.ui import context, nav


@pytest.fixture
def items(pages, settings, monkeypatch):
    settings.TAIHE_ZONE = "inner"
    monkeypatch.setattr(nav, "_items", {})
    monkeypatch.setattr(context, "_providers", context._Providers())
    work = nav.NavItem(
        nav.INNER, "个人办公", "work", "待办事项", "inbox", "t_work", 100,
        count=lambda request: 7, help="办这里的事。",
    )  # fmt: skip
    done = nav.NavItem(nav.INNER, "个人办公", "done", "已办事项", "checks", "t_done", 110)
    hidden = nav.NavItem(
        nav.INNER, "系统管理", "audit", "审计<日志>", "history", "t_fail", 900,
        visible=lambda request: "audit" in request.GET,
    )  # fmt: skip
    public = nav.NavItem(nav.OUTER, "", "home", "首页", "home", "t_work", 1)
    for item in (hidden, public, done, work):
        nav.register(item)
    return work, done, hidden


def keys(path: str, zone: str = nav.INNER) -> list[tuple[str, list[str]]]:
    request = RequestFactory().get(path)
    return [(group, [entry.item.key for entry in entries]) for group, entries in nav.menu(request, zone)]


def test_items_stand_in_order_in_their_zone(items):
    assert keys("/") == [("个人办公", ["work", "done"])]
    assert keys("/", nav.OUTER) == [("", ["home"])]


def test_an_item_shows_only_to_whom_it_concerns(items):
    assert keys("/?audit=1")[-1] == ("系统管理", ["audit"])


def test_the_longest_address_is_the_current_one(items):
    def current(path: str, named: str = "") -> list[str]:
        menu = nav.menu(RequestFactory().get(path), nav.INNER, named)
        return [entry.item.key for _group, entries in menu for entry in entries if entry.active]

    assert current("/work/") == ["work"]
    assert current("/work/done/12/") == ["done"]
    assert current("/elsewhere/") == []
    assert current("/elsewhere/", "done") == ["done"]


def test_the_same_item_may_register_again_and_another_may_not(items):
    work, _done, _hidden = items
    nav.register(work)
    with pytest.raises(ValueError, match="registered twice"):
        nav.register(nav.NavItem(nav.INNER, "x", "work", "别的", "x", "t_done"))


def test_the_frame_draws_menu_person_bell_and_help(items, pages):
    post = context.Post("3", "副<主任>", "县政府办公室", current=True)
    other = context.Post("4", "联络员", "领导小组办公室", on_behalf_of="方远")
    context.provide_person(lambda request: context.Person("陈<岚>", (post, other), "/switch/", "/out/"))
    context.provide_bell(lambda request: context.Bell(120, "/bell/"))
    context.provide_search(lambda request: "/find/")
    text = pages.get("/work/?audit=1").content.decode()
    assert 'aria-current="page"><svg' in text and "待办事项</span>" in text and "审计&lt;日志&gt;" in text
    assert ">7<span" in text and "99+" in text and "120 条未读" in text
    assert "陈&lt;岚&gt;" in text and "副&lt;主任&gt;" in text and "代 方远 办理" in text
    assert '<button type="submit" name="post" value="4"' in text and 'action="/switch/"' in text
    assert 'action="/find/"' in text and "办这里的事。" in text


def test_one_post_needs_no_switcher_and_nobody_needs_no_menu(items, pages):
    only = context.Person("陈岚", (context.Post("3", "副主任", "办公室", True),), "/switch/")
    context.provide_person(lambda request: only)
    text = pages.get("/work/").content.decode()
    assert "/switch/" not in text and "办公室　副主任" in text
    context.provide_person(lambda request: None)
    text = pages.get("/refuse/").content.decode()
    assert 'class="gv-nav"' not in text and "ground.bad_input" in text
