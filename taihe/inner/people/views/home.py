"""The first page after sign-in: who I am here, what waits for me, where I can go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground import clock
from taihe.ground.ui import home as home_page
from taihe.ground.ui import nav, parts

from .. import queries
from ..queries import pages
from ..signin.acting import acting_of
from .common import officer_of, signed_in

WEEKDAYS = "一二三四五六日"
KIND_TITLES = {"main": "主岗", "additional": "兼任", "stand_in": "代理", "duty": "管理员"}


def home(request: HttpRequest) -> HttpResponse:
    """工作台."""
    actor, officer = signed_in(request), officer_of(request)
    today = clock.today()
    entries = [entry for _, group in nav.menu(request, nav.INNER) for entry in group if entry.url != request.path]
    known = {
        "actor": actor,
        "officer": officer,
        "today": f"{today.year}年{today.month}月{today.day}日 星期{WEEKDAYS[today.weekday()]}",
        "choices": [(one, KIND_TITLES[one.kind]) for one in acting_of(request).choices],
        "waiting": [_tile(entry) for entry in entries if entry.count],
        "ways": [_tile(entry) for entry in entries if not entry.count],
        "mine": queries.stand_ins_of(officer),
        "nearby": pages.stand_ins_near(actor),
        "events": pages.recent_organ_events(),
        "panels": home_page.panels(request),
    }
    return render(request, "inner_people/home.html", known)


def _tile(entry: nav.NavEntry) -> parts.Tile:
    item = entry.item
    return parts.Tile(item.title, entry.url, item.icon, item.help, entry.count)
