"""Pages of the site that are not baked."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: whose site this is, whether it is in service, and how to reach the county otherwise."""
    county = settings.TAIHE_COUNTY
    return render(
        request,
        "outer_portal/home.html",
        {
            "county": county.get("county", {}),
            "hours": county.get("hours", {}),
            "site": county.get("site", {}),
            "zone": county.get("zones", {}).get("outer", {}),
            "notice": county.get("demo", {}).get("notice", ""),
            "passage": queries.passage(),
        },
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the site can be used with a keyboard, a screen reader, an old browser or a slow line."""
    return render(request, "outer_portal/accessibility.html")
