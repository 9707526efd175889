"""The top bar's search: what the asker may find, by kind."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground.search.index import LIMIT, Hit, Narrowing
from taihe.ground.search.indexer import zone_index
from taihe.ground.ui import parts

from ..search import OFFICER, ORGAN, reader_scopes
from .common import signed_in

TITLES = {ORGAN: "机构", OFFICER: "人员"}
PER_PAGE = 20


class _Found:
    """The index as a list that a paginator may cut: fetches one page at a time."""

    def __init__(self, text: str, scopes: tuple[str, ...], kinds: tuple[str, ...]) -> None:
        self.asked = (text, scopes)
        self.within = Narrowing(kinds=kinds)
        self.total = zone_index().search(text, scopes, within=self.within, limit=1).total

    def __len__(self) -> int:
        return min(self.total, LIMIT)

    def __getitem__(self, part: slice) -> list[Hit]:
        text, scopes = self.asked
        start = part.start or 0
        size = (part.stop or start + PER_PAGE) - start
        found = zone_index().search(text, scopes, within=self.within, limit=max(size, 1), offset=start)
        return list(found.items)


def results(request: HttpRequest) -> HttpResponse:
    """搜索."""
    actor = signed_in(request)
    text = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    scopes = reader_scopes(actor)
    found = {key: _Found(text, scopes, (key,) if key else ()) for key in ("", *TITLES)}
    chosen = found.get(kind, found[""])
    pages: Paginator[Hit] = Paginator(chosen, PER_PAGE)  # type: ignore[arg-type]  # cut like a list
    page = pages.get_page(request.GET.get("page"))
    tabs = [
        parts.Tab(TITLES.get(key, "全部"), f"?{urlencode({'q': text, 'kind': key})}", one.total, one is chosen)
        for key, one in found.items()
    ]
    known = {
        "text": text,
        "tabs": tabs,
        "page_obj": page,
        "hits": [(hit, TITLES.get(hit.kind, "")) for hit in page.object_list],
    }
    return render(request, "inner_people/search.html", known)
