"""What stands before every page of the office zone: time limits, the acting post, and what is owed first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from taihe.ground.rules import rule
from taihe.ground.ui.refusals import refusal_response

from .. import permissions
from ..models import SessionNote
from . import actions
from .acting import acting_of, actor_of, officer_of, plain_actor
from .errors import ActingEnded
from .passwords import is_too_old
from .queries import how_it_ended
from .state import State, change_state, read_state, seconds

Answer = Callable[[HttpRequest], HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
SEEN_EVERY_SECONDS = 60


class SessionWatch:
    """Ends sessions left idle or grown too old, and notes once a minute that one is in use."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Watch, then pass on."""
        if request.user.is_authenticated:
            self._watch(request)
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        state = read_state(request)
        officer = officer_of(request)
        why = _overdue(state)
        if why:
            actions.expire(plain_actor(request, officer), request, officer, why)
            request.signin_ended = why  # type: ignore[attr-defined]
        elif state and seconds() - state.seen >= SEEN_EVERY_SECONDS:
            change_state(request, seen=seconds())
            actions.seen(plain_actor(request, officer), state.note)


def _overdue(state: State | None) -> str:
    if state is None:
        # Only code that logs in past our door makes such a session: tests do, production must not.
        return "" if settings.TAIHE_DEMO else SessionNote.Ended.EXPIRED.value
    if seconds() - state.seen > rule("signin.idle_minutes") * 60:
        return SessionNote.Ended.IDLE.value
    if seconds() - state.began > rule("signin.lifetime_hours") * 3600:
        return SessionNote.Ended.EXPIRED.value
    return ""


class ActorMiddleware:
    """``request.actor``: the officer in the acting post, or None when nobody is signed in.

    Looked up when first asked for.  A change sent from a post that has ended meanwhile is refused
    rather than carried out in another name.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the asker, then pass on with rights looked up once."""
        signed_in = request.user.is_authenticated
        request.actor = SimpleLazyObject(lambda: actor_of(request)) if signed_in else None  # type: ignore[attr-defined]
        with permissions.remembering():
            if signed_in and request.method not in SAFE:
                found = acting_of(request)
                if found.lapsed:
                    now = found.current.title if found.current else "无岗位"
                    return refusal_response(request, ActingEnded(now=now))
            return self.get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """Every page but those marked otherwise asks for sign-in, and tells why the last session ended."""

    def handle_no_permission(  # type: ignore[override]  # htmx is told by a header, not by a redirect
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        """Off to the door, with the way back and the reason."""
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        why = getattr(request, "signin_ended", "") or how_it_ended(cookie)
        back = request.get_full_path() if request.method in SAFE else ""
        known = {key: value for key, value in (("next", back), ("why", why)) if value}
        address = settings.LOGIN_URL + (f"?{urlencode(known)}" if known else "")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)


class Obligations:
    """Who must first change the password or set up a second factor sees only the pages for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Send to the page of what is owed."""
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        owed = owes(request)
        match = request.resolver_match
        if not owed or (match is not None and match.view_name in ALLOWED[owed]):
            return None
        return redirect(reverse(owed))


PASSWORD, FACTOR = "signin:password", "signin:factors"
ALLOWED = {
    PASSWORD: {PASSWORD, "signin:out"},
    FACTOR: {FACTOR, "signin:out", "signin:totp", "signin:passkey_add", "signin:codes"},
}


def owes(request: HttpRequest) -> str:
    """The page of what the signed-in person must do first; empty when nothing."""
    officer = officer_of(request)
    if officer.must_change_password or is_too_old(officer):
        return PASSWORD
    state = read_state(request)
    return FACTOR if state is not None and state.owes_factor else ""
