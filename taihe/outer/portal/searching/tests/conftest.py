"""A county site that is served and searched."""

from __future__ import annotations

import pytest

from taihe.ground.search import indexer
from taihe.outer.portal import serving
from taihe.outer.portal.disk import Disk
from taihe.outer.portal.searching import limits, source, views
from taihe.outer.portal.tests.press import Press

from .site import County, article, column


@pytest.fixture
def county(tmp_path, monkeypatch) -> County:
    press, disk = Press(tmp_path), Disk(tmp_path / "portal")
    disk.ready()
    made = County(press, disk, tmp_path / "index")
    monkeypatch.setattr(source, "disk", lambda: disk)
    monkeypatch.setattr(source, "trust", lambda: press.trust)
    for module in (views, indexer):
        monkeypatch.setattr(module, "zone_index", lambda: made.index)
    monkeypatch.setattr(serving, "site", made.site)
    monkeypatch.setattr(views, "pace", limits.Pace())
    return made


@pytest.fixture
def pages() -> dict[str, str]:
    return {
        "/": "<!doctype html><title>首页</title>小麦",
        "/sn/": column("/sn/"),
        "/sn/jishu/": column("/sn/jishu/", "小麦看苗的办法"),
        "/sn/p1.html": article("列表页里的小麦", "小麦"),
        "/content/1.html": article(
            "小麦田间管理", "<p>适墒播种，播后镇压。</p><p>一喷三防，防干热风。</p>", day="2026-11-18 08:05"
        ),
        "/content/2.html": article(
            "大豆收购价格", "<p>卖粮前先测水分，小麦也一样。</p>", place="/sn/jishu/", day="2026-11-20 09:00"
        ),
        "/content/3.html": article(
            "关于停水的通知", "<p>演示一路停水。</p>", place="/zw/", day="2025-01-05 10:00", source="县住房和城乡建设局"
        ),
        "/t/content/1.html": article("小麦田间管理", "文字版"),
    }
