"""The lists: 待办, 已办, 传阅, 我发起, 委托."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import Table

from taihe.ground import access
from taihe.ground.ui import parts
from taihe.inner.people.views.common import laid_out

from .. import queries
from ..counting import counts_of
from ..forms import ListFilter
from ..queries.narrowing import by_module, done_for_others, due_by, named, of
from ..registry import subjects
from ..tables import DoneTable, MineTable, ReadTable, WorkTable

Tabs = Sequence[tuple[str, str, int | None]]


@dataclass(frozen=True)
class Joint:
    """One thing that may be done to all ticked rows: key, the button's word and its icon."""

    key: str
    title: str
    icon: str


APPROVE = Joint("approve", "批量同意", "checks")
READ = Joint("read", "批量阅知", "mail-opened")
URGE = Joint("urge", "批量催办", "bell-ringing")


def _filter(request: HttpRequest, only: Iterable[str], modules: Sequence[tuple[str, str]] = ()) -> ListFilter:
    return ListFilter(request.GET or None, only=only, modules=modules, auto_id="filter_%s")


def _tabs(request: HttpRequest, titles: Tabs, param: str) -> tuple[str, list[parts.Tab]]:
    """The chosen tab by the parameter, the first by default; the other conditions stay."""
    keys = [key for key, _, _ in titles]
    asked = request.GET.get(param, "")
    chosen = asked if asked in keys else keys[0]
    kept = {name: value for name, value in request.GET.items() if value and name not in (param, "page")}

    def address(key: str) -> str:
        return f"?{urlencode({param: key, **kept} if key else kept)}"

    return chosen, [parts.Tab(title, address(key), count, key == chosen) for key, title, count in titles]


def _modules(rows: QuerySet[Any]) -> list[tuple[str, str, int | None]]:
    """A tab for all and one for every module that has something."""
    found = by_module(rows)
    return [("", "全部", sum(count for _, _, count in found)), *found]


def _page(request: HttpRequest, template: str, table: Table, form: ListFilter, tabs: Any, **more: Any) -> HttpResponse:
    known = {"table": laid_out(request, table), "form": form, "tabs": tabs, **more}
    return render(request, f"inner_workflow/{template}.html", known)


def todo(request: HttpRequest) -> HttpResponse:
    """待办事项."""
    actor = access.actor_of(request)
    form = _filter(request, ("q", "urgency", "due"))
    module, tabs = _tabs(request, _modules(queries.todo(actor)), "module")
    rows = queries.todo(actor, module=module, urgency=form.asked("urgency"), text=form.asked("q"))
    table = WorkTable(due_by(rows, form.asked("due")), behalf=actor.on_behalf_of)
    table.empty_text = "没有符合条件的待办事项" if request.GET else "没有待办事项"
    joint = [APPROVE] if any(one.batch_outcomes for one in subjects().values()) else []
    return _page(request, "todo", table, form, tabs, joint=joint, counts=counts_of(request))


def done(request: HttpRequest) -> HttpResponse:
    """已办事项."""
    actor = access.actor_of(request)
    modules = [(one.module, one.module_title) for one in subjects().values()]
    form = _filter(request, ("q", "module", "urgency"), list(dict.fromkeys(modules)))
    rows = of(queries.done(actor, module=form.asked("module"), text=form.asked("q")), urgency=form.asked("urgency"))
    return _page(request, "done", DoneTable(rows, behalf=actor.on_behalf_of), form, ())


def circulated(request: HttpRequest) -> HttpResponse:
    """传阅件."""
    actor = access.actor_of(request)
    form = _filter(request, ("q", "urgency"))
    titles: Tabs = (("unread", "未阅", counts_of(request).unread), ("read", "已阅", None))
    tab, tabs = _tabs(request, titles, "tab")
    unread = tab == "unread"
    rows = of(queries.circulated(actor, unread=unread, text=form.asked("q")), urgency=form.asked("urgency"))
    table = ReadTable(rows, exclude=("read_at",) if unread else ("pick",), behalf=actor.on_behalf_of)
    table.empty_text = "没有未阅的传阅件" if unread else "没有已阅的传阅件"
    return _page(request, "circulated", table, form, tabs, joint=[READ] if unread else [])


def mine(request: HttpRequest) -> HttpResponse:
    """我发起的事项."""
    actor = access.actor_of(request)
    form = _filter(request, ("q", "status"))
    module, tabs = _tabs(request, _modules(queries.started(actor)), "module")
    rows = of(queries.started(actor, status=form.asked("status"), text=form.asked("q")), module=module)
    return _page(request, "mine", MineTable(rows), form, tabs, joint=[URGE])


def delegated(request: HttpRequest) -> HttpResponse:
    """委托: what others did for me, what I did for others, and what waits for my word."""
    actor = access.actor_of(request)
    form = _filter(request, ("q",))
    titles: Tabs = (
        ("for_me", "他人代我办理", None),
        ("by_me", "我代他人办理", None),
        ("confirm", "代录待确认", counts_of(request).to_confirm),
    )
    tab, tabs = _tabs(request, titles, "tab")
    rows = {"for_me": queries.delegated, "by_me": done_for_others, "confirm": queries.to_confirm}[tab](actor)
    table = DoneTable(named(rows, form.asked("q")))
    table.empty_text = {
        "for_me": "没有他人代您办理的事项",
        "by_me": "没有您代他人办理的事项",
        "confirm": "没有等您确认的代录意见",
    }[tab]
    return _page(request, "delegated", table, form, tabs)
