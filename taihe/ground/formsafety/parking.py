"""A form that arrives after its session ended is set aside, and offered again after sign-in.

The form's own key says who opened it and where it lives, so nothing has to be remembered before the
need arises.  What was typed is sealed with a token that only this browser holds (an HttpOnly cookie);
passwords and one-time codes are never kept, files cannot be and are named so that they are chosen again.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError, NotAllowed
from taihe.ground.rules import rule
from taihe.ground.ui.refusals import refusal_response, wants_page

from . import actions, queries
from .errors import NotParked, OtherPersonsForm, ParkedGone
from .keys import CONTROL_FIELDS, RESTORE, VERSION_FIELD, FormKey, owner_of
from .models import ParkedForm
from .sealing import unseal

log = logging.getLogger("taihe.formsafety")

SECRET_NAMES = re.compile(
    r"password|passwd|passcode|口令|密码|验证码"
    r"|(^|[-_])(pwd|otp|totp|pin|captcha|(one_time|sms|verify|verification|recovery|auth)_?code)\d?$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Restored:
    """A parked form, opened: what was typed, which files were chosen, and the key it goes on with."""

    form: str
    key: str
    issued: int
    version: str
    data: QueryDict
    files: tuple[tuple[str, str], ...]
    parked_at: datetime

    @property
    def texts(self) -> list[str]:
        """Everything typed, for copying by hand."""
        return _texts(self.data.lists())


def _texts(fields: Iterable[tuple[str, list[str]]]) -> list[str]:
    """What a person may want to copy: everything but empty fields and ticked boxes."""
    return [value for _, values in fields for value in values if value.strip() and value != "on"]


# -- the browser's token --------------------------------------------------------------------------


def cookie_name() -> str:
    """The cookie that holds this browser's token; a name of the zone's own."""
    return f"{settings.SESSION_COOKIE_NAME}_parked"


def browser_token(request: HttpRequest) -> str:
    """The token this browser brought, or an empty text."""
    token = request.COOKIES.get(cookie_name(), "")
    return token if _TOKEN.fullmatch(token) else ""


def _give_token(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        cookie_name(),
        token,
        max_age=rule("formsafety.parked_minutes") * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def actor_at(request: HttpRequest) -> Actor:
    """The asker; when nobody is signed in, the system on behalf of the browser at this address."""
    try:
        return access.actor_of(request)
    except NotAllowed:
        address = request.META.get("REMOTE_ADDR", "")
        return Actor(kind="system", person_id="system:表单暂存", person_name="系统（表单暂存）", address=address)


# -- setting aside --------------------------------------------------------------------------------


def collect(request: HttpRequest, key: FormKey) -> dict[str, Any]:
    """What may be kept of a posted form: no secrets, of files only their names."""
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in CONTROL_FIELDS and name not in key.secret and not SECRET_NAMES.search(name)
    }
    files = [[name, str(file.name)] for name, many in request.FILES.lists() for file in many]
    return {"fields": fields, "files": files, "version": request.POST.get(VERSION_FIELD, "")}


def keep(request: HttpRequest, key: FormKey) -> HttpResponse:
    """Set the posted form aside and lead the person to sign-in, or to the parked form when signed in.

    Whoever is signed in as somebody else gets a refusal, and nothing is kept.
    """
    asker = owner_of(request)
    if key.owner and asker and key.owner != asker:
        return refusal_response(request, OtherPersonsForm())
    known = browser_token(request)
    token = known if known and queries.parked_with(known) else secrets.token_urlsafe(32)
    kept = collect(request, key)
    try:
        actions.park(actor_at(request), key, token, json.dumps(kept, ensure_ascii=False).encode())
    except NotParked as refusal:
        return _not_parked(request, refusal, kept)
    except CountyError as fault:
        log.error("a form could not be parked: %s", fault.sentence())
        return _not_parked(request, NotParked(why="暂存功能暂时不可用"), kept)
    answer = _onward(request, key, bool(asker))
    _give_token(answer, token)
    return answer


def _onward(request: HttpRequest, key: FormKey, signed_in: bool) -> HttpResponse:
    title = f"“{key.title}”" if key.title else "表单"
    offer = reverse("formsafety:parked")
    if signed_in or not (key.owner or _needs_sign_in(request)):
        messages.warning(request, f"页面校验没有通过，{title}尚未提交，您填写的内容已加密暂存。")
        return see_other(request, offer)
    messages.warning(request, f"登录已过期，{title}尚未提交。您填写的内容已加密暂存，登录后可以恢复。")
    return see_other(request, redirect_to_login(offer).url)


def _needs_sign_in(request: HttpRequest) -> bool:
    return bool(request.META.get("taihe.sign_in_needed"))


def _not_parked(request: HttpRequest, refusal: NotParked, kept: dict[str, Any]) -> HttpResponse:
    if not wants_page(request):
        return refusal_response(request, refusal)
    happened, done, next_step = refusal.sentences()
    known = {"error": refusal, "happened": happened, "done": done, "next_step": next_step}
    known["texts"] = _texts(kept["fields"].items())
    answer = render(request, "ground_formsafety/not_parked.html", known, status=refusal.http_status)
    answer["X-Error-Code"] = refusal.code
    return answer


def see_other(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to another page; for htmx the whole page goes there, not the fragment."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": iri_to_uri(url)})
    return HttpResponseRedirect(url)


# -- giving back ----------------------------------------------------------------------------------


def open_parked(row: ParkedForm, token: str) -> Restored:
    """The contents of a parked form.  Raises ParkedGone when the token does not open it."""
    said = json.loads(unseal(row.sealed, token, f"{row.pk}\0{row.page}"))
    data = QueryDict(mutable=True)
    for name, values in said["fields"].items():
        data.setlist(name, values)
    files = tuple((field, name) for field, name in said["files"])
    return Restored(row.form, row.key, int(row.issued_at.timestamp()), said["version"], data, files, row.parked_at)


def restored(request: HttpRequest, form: str) -> Restored | None:
    """What a form of this page held, when the page was opened with ``?restore=<id>``; else None.

    Whatever does not fit (another browser, person or page, time over, altered) is said once on the
    page, and the form stays as it is without.
    """
    if RESTORE not in request.GET:
        return None
    if "taihe.restored" not in request.META:
        try:
            request.META["taihe.restored"] = _find(request, request.GET[RESTORE])
        except ParkedGone as refusal:
            request.META["taihe.restored"] = None
            happened, _, next_step = refusal.sentences()
            messages.warning(request, happened + next_step)
    found: Restored | None = request.META["taihe.restored"]
    return found if found is not None and found.form == form else None


def remind(sender: object, request: HttpRequest | None = None, **_: object) -> None:
    """On sign-in that leads elsewhere first (a new password is due): say that a form waits, and where."""
    token = browser_token(request) if request is not None else ""
    if request is None or not token or request.GET.get("next") == reverse("formsafety:parked"):
        return
    mine = [row for row in queries.parked_with(token) if not row.owner or row.owner == owner_of(request)]
    if mine:
        link = format_html('<a href="{}">恢复填写</a>', reverse("formsafety:parked"))
        text = format_html("有 {} 张您没有提交的表单已加密暂存，可以{}。", len(mine), link)
        messages.info(request, text, fail_silently=True)


def _find(request: HttpRequest, wanted: str) -> Restored:
    token = browser_token(request)
    for row in queries.parked_with(token):
        mine = not row.owner or row.owner == owner_of(request)
        if str(row.pk) == wanted and mine and row.page.partition("?")[0] == request.path:
            return open_parked(row, token)
    raise ParkedGone
