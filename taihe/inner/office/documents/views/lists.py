"""公文: the lists of what one drafts, issues and reads, and their export."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from taihe.ground import access, clock
from taihe.ground.ui.tables import cell_value
from taihe.inner.people.permissions import may

from ..actions.listing import export as export_list
from ..forms_lists import ListFilter
from ..queries import lists
from ..queries.lists import Found
from ..rights import DRAFT
from ..tables_lists import COLUMNS, DocumentTable
from .tabs import tabs

PER_PAGE = 20
CHUNK = 500
NAMES = {"mine": "我起草的公文", "office": "本单位发文", "all": "公文"}
EMPTY = {"mine": "没有起草过公文", "office": "本单位还没有发文", "all": "没有可以查看的公文"}


def listed(request: HttpRequest) -> HttpResponse:
    """One list, a page of it."""
    actor = access.actor_of(request)
    tab, reach = _tab(request), lists.reach_of(actor)
    form = _filter(request, reach)
    found = lists.listed(actor, tab, reach, form.wanted())
    page = Paginator(found.pks, PER_PAGE).get_page(request.GET.get("page"))
    table = DocumentTable(lists.rows_of(list(page.object_list)))
    table.empty_text = "没有符合条件的公文" if _narrowed(request) else EMPTY[tab]
    known = {
        "table": table,
        "page_obj": page,
        "more": found.more,
        "window": lists.window(),
        "form": form,
        "tab": tab,
        "tabs": tabs(actor, tab),
        "create_url": _create_url() if may(actor, DRAFT) else "",
        "export_url": f"{reverse('documents:export')}?{urlencode({**_asked(request), 'tab': tab})}",
    }
    return render(request, "office_documents/lists/list.html", known)


def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a table for the spreadsheet, row by row while it is sent."""
    actor = access.actor_of(request)
    tab, reach = _tab(request), lists.reach_of(actor)
    found = export_list(actor, tab, reach, _filter(request, reach).wanted())
    answer = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    name = quote(f"{NAMES[tab]}目录_{clock.today():%Y%m%d}.csv")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    return answer


class _Echo:
    """A file that hands each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(found: Found) -> Iterator[str]:
    """Lines of the table with the mark that spreadsheets want; text that could run as a formula is defused."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for start in range(0, len(found.pks), CHUNK):
        for row in lists.rows_of(found.pks[start : start + CHUNK]):
            yield writer.writerow(_cells(tell(row) for tell in COLUMNS.values()))
    if found.more:
        yield writer.writerow([f"（只导出最新的{len(found.pks)}件，更早的请按年份分次导出）"])


def _cells(values: Iterable[Any]) -> list[Any]:
    return [cell_value(value) for value in values]


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in NAMES else "mine"


def _filter(request: HttpRequest, reach: lists.Reach) -> ListFilter:
    return ListFilter(request.GET or None, issuers=reach.issuers, auto_id="filter_%s")


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items() if value and name not in ("tab", "page")}


def _narrowed(request: HttpRequest) -> bool:
    return bool(_asked(request))


def _create_url() -> str:
    try:
        return reverse("documents:new")
    except NoReverseMatch:
        return ""
