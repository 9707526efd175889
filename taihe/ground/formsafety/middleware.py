"""What happens to forms that come too late, or twice.

`ParkOnExpiredSession` stands after the session, the CSRF check, the sign-in and the messages, and before
whatever turns unsigned visitors away; `AnswerRepeats` stands last, inside the refusal pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from .errors import AlreadySubmitted
from .keys import owner_of, posted_key
from .parking import keep, see_other

REPEATED = "已提交过，未重复办理。"


class _Passing:
    sync_capable: ClassVar[bool] = True
    async_capable: ClassVar[bool] = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is done around the view."""
        return self.get_response(request)


class ParkOnExpiredSession(_Passing):
    """A form that a signed-in person opened and that arrives with nobody signed in is set aside."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *args: Any) -> HttpResponse | None:
        """Only forms with a key that names a person; bodies that the view reads itself are left alone."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or owner_of(request):
            return None
        key = posted_key(request)
        return keep(request, key) if key is not None and key.owner else None


class AnswerRepeats(_Passing):
    """A form sent again leads to the result of the first time, and says so."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Without a known result the refusal page answers."""
        if not isinstance(exception, AlreadySubmitted) or not exception.location:
            return None
        messages.info(request, REPEATED)
        return see_other(request, exception.location)
