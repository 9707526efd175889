"""用印登记: every use, narrowed down, and as a spreadsheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground.ui.tables import export, wants_export
from taihe.inner.people.views.common import laid_out

from .. import queries
from ..forms import UseFilter
from ..tables import EXPORT_ONLY, UseTable
from .seals import keeper


def uses(request: HttpRequest) -> HttpResponse:
    """The register of uses over the organs whose seals the asker keeps or manages."""
    actor = keeper(request)
    form = UseFilter(request.GET or None, organs=queries.organs_in_register(actor), auto_id="filter_%s")
    rows = queries.uses(actor, **form.asked())
    if wants_export(request):
        return export(UseTable(rows), "用印登记")
    table = UseTable(rows, exclude=EXPORT_ONLY)
    return render(request, "inner_seals/uses.html", {"table": laid_out(request, table), "form": form})
