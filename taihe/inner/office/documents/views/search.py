"""公文检索: full texts of what one may read, narrowed down by kind, genre, year, state and organ."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground import access
from taihe.ground.ui import parts

from ..access import DOCUMENT, INCOMING
from ..forms_lists import SearchForm
from ..queries import lists
from ..queries.searching import Finds, Line

PER_PAGE = 20
KINDS = {"": "全部", DOCUMENT: "发文", INCOMING: "收文"}


def results(request: HttpRequest) -> HttpResponse:
    """One page of what was found."""
    actor = access.actor_of(request)
    form = SearchForm(request.GET or None, issuers=lists.issuer_codes(), auto_id="filter_%s")
    asked = form.asked()
    found = {kind: Finds(actor, asked, kind) for kind in KINDS}
    chosen = found.get(asked.kind, found[""])
    pages: Paginator[Line] = Paginator(chosen, PER_PAGE)  # type: ignore[arg-type]  # cut like a list
    page = pages.get_page(request.GET.get("page"))
    kept = {name: value for name, value in request.GET.items() if value and name not in ("kind", "page")}
    tabs = [
        parts.Tab(KINDS[kind], f"?{urlencode({**kept, 'kind': kind})}", len(one), one is chosen)
        for kind, one in found.items()
    ]
    known = {
        "form": form,
        "text": asked.text,
        "tabs": tabs,
        "page_obj": page,
        "lines": list(page.object_list),
        "capped": chosen.total > len(chosen),
    }
    return render(request, "office_documents/lists/search.html", known)
