"""The page /search/: works without scripts, keeps nothing of what was asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from taihe.ground.search.indexer import zone_index

from .. import serving
from ..errors import SitePreparing
from .finding import LONGEST, MOST_PAGES, ORDERS, PERIODS, Found, Wanted, find, sections, shown_page
from .limits import pace
from .reading import Section

AROUND = 3


def _columns(wanted: Wanted) -> list[Section]:
    """The first-level columns, and the one asked for when it is another."""
    held = serving.site.held
    known = list(sections(held)) if held else []
    if held and wanted.column and wanted.column not in {one.path for one in known}:
        page = shown_page(held, wanted.column)
        known.insert(0, Section(wanted.column, page.title if page else wanted.column))
    return known


def _pager(wanted: Wanted, found: Found) -> list[tuple[int, str]]:
    near = range(max(1, wanted.page - AROUND), min(found.pages, wanted.page + AROUND) + 1)
    numbers = sorted({1, found.pages, *near}) if found.pages > 1 else []
    return [(number, wanted.address(page=number)) for number in numbers]


@require_safe
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Find pages of the site by words, narrowed down by column and time."""
    held = serving.site.held
    if held is None:
        raise SitePreparing()
    wanted = Wanted.of(request.GET.dict())
    found = None
    if wanted.text:
        pace.step(str(request.META.get("REMOTE_ADDR", "")))
        found = find(held, zone_index(), wanted)
    return render(
        request,
        "outer_portal/search.html",
        {
            "wanted": wanted,
            "found": found,
            "longest": LONGEST,
            "most": MOST_PAGES,
            "columns": _columns(wanted),
            "periods": PERIODS.items(),
            "orders": [(title, key == wanted.order, wanted.address(sort=key)) for key, title in ORDERS.items()],
            "pager": _pager(wanted, found) if found else [],
            "previous": wanted.address(page=wanted.page - 1) if found and wanted.page > 1 else "",
            "following": wanted.address(page=wanted.page + 1) if found and wanted.page < found.pages else "",
        },
    )
