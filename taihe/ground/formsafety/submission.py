"""The whole way of a posted form: checked, carried out once, led on, or shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, StaleVersion

from . import actions
from .forms import SafeFormMixin
from .parking import see_other

R = TypeVar("R")


def submit_once(
    request: HttpRequest,
    form: SafeFormMixin,
    act: Callable[[Actor], R],
    *,
    to: Callable[[R], str],
    done: str = "",
    actor: Actor | None = None,
) -> HttpResponse | None:
    """Carry a posted form out once; the response, or None when the page is to be drawn (again).

    `act` calls the action; `to` gives the address where its result stands; `done` is the sentence
    shown there.  `actor` is the asker unless given (visitors who are not signed in).  BadInput and
    StaleVersion are written on the form, with all that was typed; other refusals go to their page.
    A repeat raises AlreadySubmitted, which the middleware answers with the first result.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        outcome = actions.once(actor or access.actor_of(request), form.form_key, act, to)
    except BadInput as refusal:
        form.add_error(None, "".join(refusal.sentences()))
        return None
    except StaleVersion as refusal:
        form.show_conflict(refusal)
        return None
    if done:
        messages.success(request, done)
    return see_other(request, outcome.location)
