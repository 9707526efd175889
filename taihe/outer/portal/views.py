"""Pages of the site that are not baked."""

from __future__ import annotations

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from taihe.ground.fulldisk import is_full
from taihe.ground.ui.refusals import NotFound, handler500, refusal_response

from . import queries
from .errors import SitePreparing
from .leaving import destination
from .serving import site

RETRY_SECONDS = "60"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: whose site this is, whether it is in service, and how to reach the county otherwise."""
    if site.lost or site.loading:
        return preparing(request)
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


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Ask before a visitor leaves the site; nobody is ever sent on without asking.  Raises UnfitAddress."""
    asked = destination(request.GET.get("to", ""))
    came_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}) and "/leave/" not in came_from
    name = settings.TAIHE_COUNTY.get("portal", {}).get("name", "")
    return render(
        request, "outer_portal/leave.html", {"to": asked, "back": came_from if own else "/", "site_name": name}
    )


def preparing(request: HttpRequest) -> HttpResponse:
    """The site has no pages it could vouch for: say so, rather than show something unproven."""
    answer = refusal_response(request, SitePreparing())
    answer["Retry-After"] = RETRY_SECONDS
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, in the site's own frame."""
    waiting = site.lost or site.loading
    return preparing(request) if waiting else refusal_response(request, NotFound())


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours: the release's own page for it, which needs nothing that may be broken."""
    page = site.held.internal("~error.html") if site.held else None
    fault = sys.exception()
    if page is None or (fault is not None and is_full(fault)):
        return handler500(request)
    return HttpResponse(page, status=500)
