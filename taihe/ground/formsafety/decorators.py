"""Sign-in for a view whose form must not be lost."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from .keys import posted_key
from .parking import keep

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def login_required_keeping_form(view: View[P]) -> View[P]:
    """Only for the signed-in; a form posted by others is set aside before they are asked to sign in.

    For pages whose form may be filled in before signing in; forms opened while signed in are kept by
    the middleware already.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        key = posted_key(request)
        if key is None:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        request.META["taihe.sign_in_needed"] = True
        return keep(request, key)

    return guarded
