"""Pages around forms that came too late."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from taihe.ground.ui import refusals

from . import actions, queries
from .errors import ParkedGone
from .keys import RESTORE, owner_of, posted_key
from .models import ParkedForm
from .parking import Restored, actor_at, browser_token, cookie_name, keep, open_parked


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For settings.CSRF_FAILURE_VIEW: a form of ours is set aside, anything else is refused.

    A form sent from another site is never kept, so that nobody can put words into a person's form.
    """
    key = posted_key(request)
    if key is None or not _from_here(request):
        return refusals.csrf_failure(request, reason)
    return keep(request, key)


def _from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.get_host():
        return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


@dataclass(frozen=True)
class Offer:
    """One parked form as its author sees it; `content` is None when it no longer opens."""

    row: ParkedForm
    content: Restored | None

    @property
    def address(self) -> str:
        """The form's page, with the typed values put back."""
        return f"{self.row.page}{'&' if '?' in self.row.page else '?'}{RESTORE}={self.row.pk}"


def _offer(row: ParkedForm, token: str) -> Offer:
    try:
        return Offer(row, open_parked(row, token))
    except ParkedGone:
        return Offer(row, None)


@require_safe
def parked(request: HttpRequest) -> HttpResponse:
    """The forms set aside for this browser and person: put back, or thrown away."""
    token, asker = browser_token(request), owner_of(request)
    rows = queries.parked_with(token)
    others = [row for row in rows if row.owner and row.owner != asker]
    mine = [row for row in rows if row not in others]
    if others and not asker and not mine:
        return redirect_to_login(request.get_full_path())
    if others and asker:
        actions.drop(actor_at(request), others, "另一位登录人打开了暂存页面")
        messages.warning(request, "这个浏览器中另有一位登录人暂存的表单，不属于您，已经删除。")
    known = {"offers": [_offer(row, token) for row in mine], "sign_in": bool(others) and not asker}
    answer = render(request, "ground_formsafety/parked.html", known)
    if not rows:
        answer.delete_cookie(cookie_name())
    return answer


@require_POST
def abandon(request: HttpRequest, row_id: str) -> HttpResponse:
    """Throw one parked form away.  Raises ParkedGone when it is not this browser's and person's."""
    asker = owner_of(request)
    rows = [row for row in queries.parked_with(browser_token(request)) if not row.owner or row.owner == asker]
    chosen = [row for row in rows if str(row.pk) == str(row_id)]
    if not chosen:
        raise ParkedGone
    actions.drop(actor_at(request), chosen, "本人放弃")
    messages.success(request, "暂存的内容已删除。")
    return HttpResponseRedirect(reverse("formsafety:parked") if len(rows) > 1 else "/")
