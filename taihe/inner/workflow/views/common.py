"""What every page of work begins with, and the way of its forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError
from taihe.ground.formsafety.errors import AlreadySubmitted
from taihe.ground.formsafety.submission import submit_once
from taihe.inner.people.views.common import FormPage

from ..forms import WorkForm

R = TypeVar("R")
# Refusals that say "what you typed stays on the page": too late, against a rule, too often.
ON_THE_PAGE = frozenset({409, 422, 429})
FORM = "inner_workflow/form.html"


def answer(
    request: HttpRequest,
    page: FormPage,
    form: WorkForm,
    act: Callable[[Actor], R],
    *,
    to: Callable[[R], str],
    done: str = "",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Carry the form out once, or draw its page (again) with whatever refused it."""
    sent = carry_out(request, form, act, to=to, done=done)
    return sent or render(request, page.template, {"page": page, "form": form, **(more or {})})


def carry_out(
    request: HttpRequest, form: WorkForm, act: Callable[[Actor], R], *, to: Callable[[R], str], done: str = ""
) -> HttpResponse | None:
    """As submit_once, but a refusal that leaves the page standing is written on the form."""
    try:
        return submit_once(request, form, act, to=to, done=done)
    except AlreadySubmitted:
        raise
    except CountyError as refusal:
        if refusal.http_status not in ON_THE_PAGE:
            raise
        form.add_error(None, "".join(refusal.sentences()))
        return None


def form_page(title: str, button: str, cancel: str, **more: Any) -> FormPage:
    """A form of ours as a page of its own."""
    more.setdefault("crumbs", [("待办事项", "/work/")])
    return FormPage(title, button, cancel, template=FORM, **more)


def first_of(values: Iterable[str]) -> str:
    """The first that is not empty."""
    return next((one for one in values if one), "")
