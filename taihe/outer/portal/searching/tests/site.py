"""A small county site for tests of its search: pages as they are baked, releases as they arrive."""

from __future__ import annotations

from html import escape
from pathlib import Path

from taihe.ground.search.index import Index
from taihe.ground.search.indexer import index_round
from taihe.outer.portal import actions
from taihe.outer.portal.actions import SITE
from taihe.outer.portal.disk import Disk
from taihe.outer.portal.memory import Hidden, hold
from taihe.outer.portal.serving import Site
from taihe.outer.portal.tests.press import Press

_LINKS = '<li><a href="/">首页</a></li><li><a href="/sn/">三农服务</a></li>'
TOP = f'<header><nav class="tp-nav"><ul>{_LINKS}</ul></nav></header>'
COLUMNS = {"/sn/": "三农服务", "/sn/jishu/": "农技服务", "/zw/": "政务动态"}


def _crumbs(path: str) -> str:
    above = [column for column in COLUMNS if path.startswith(column)]
    links = "".join(f'<li><a href="{one}">{COLUMNS[one]}</a></li>' for one in above)
    return f'<nav class="tp-crumbs"><ol><li><a href="/">首页</a></li>{links}</ol></nav>'


def column(path: str, about: str = "田间管理和病虫防治") -> str:
    """The first page of a column."""
    return (
        f'<!doctype html><html><head><meta name="ColumnName" content="{COLUMNS[path]}">'
        f'<meta name="ColumnDescription" content="{about}"><meta name="ColumnKeywords" content="农时,提示"></head>'
        f"<body>{_crumbs(path)}<p>不算在内的栏目正文</p></body></html>"
    )


def article(
    title: str, body: str, *, place: str = "/sn/", day: str = "2026-11-20 21:37", source: str = "县农业农村局"
) -> str:
    """An article."""
    meta = {"ArticleTitle": title, "PubDate": day, "ContentSource": source, "ColumnName": COLUMNS[place]}
    tags = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in meta.items())
    return (
        f"<!doctype html><html><head>{tags}<title>{escape(title)}</title></head><body>{TOP}{_crumbs(place)}"
        f'<h1>{escape(title)}</h1><div class="tp-body">{body}</div><footer>页脚里的话</footer></body></html>'
    )


class County:
    """Everything between the arrival of a release and a visitor's search."""

    def __init__(self, press: Press, disk: Disk, folder: Path) -> None:
        self.press, self.disk, self.folder = press, disk, folder
        self.index, self.site = Index(folder), Site()

    def publish(self, contents: dict[str, str], *, buried: tuple[str, ...] = (), indexed: bool = True) -> None:
        """The next release arrives, is accepted, and is served."""
        signed = self.press.release({"~shell/top.html": TOP, **contents}, buried=buried)
        manifest = self.press.lay(self.disk, signed)
        actions.accept_release(SITE, manifest, signed)
        self.site.held = hold(manifest, signed, self.disk.copies, self.site.held)
        if indexed:
            self.settle()

    def withdraw(self, serial: int, *paths: str, indexed: bool = True) -> None:
        """An urgent withdrawal arrives and takes effect."""
        signed = self.press.notice(serial, self.press.number, *paths)
        notice = self.press.trust.notice(signed)
        actions.keep_notice(SITE, notice, signed)
        assert self.site.held
        self.site.held = self.site.held.hiding({serial: Hidden(notice, signed)})
        if indexed:
            self.settle()

    def settle(self) -> int:
        """The index process carries out everything that waits; returns how many documents it looked at."""
        done = 0
        while some := index_round(self.index):
            done += some
        return done
