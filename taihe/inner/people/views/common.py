"""What every page here begins with: who asks, in which post, and whether that post may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig, Table

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.ui import parts

from ..models import Officer, Organ
from ..permissions import may

PER_PAGE = 20
R = TypeVar("R")


def officer_of(request: HttpRequest) -> Officer:
    """The signed-in person; call `access.actor_of` first, which refuses everybody else."""
    return cast(Officer, request.user)


def over(request: HttpRequest, permission: str, organ: Organ | None = None) -> bool:
    """Whether the asker's post may do something to one organ; for showing or hiding a button."""
    return may(access.actor_of(request), permission, organ)


def laid_out(request: HttpRequest, table: Table, per_page: int = PER_PAGE) -> Table:
    """A table with its page and order taken from the address."""
    RequestConfig(request, paginate={"per_page": per_page, "paginator_class": Paginator}).configure(table)
    return table


def version_of(form: SafeFormMixin) -> int:
    """The version of the record that the person had before him; none sent is no version that ever was."""
    return form.posted_version or 0


def signed_in(request: HttpRequest) -> Actor:
    """The asker; every signed-in official may open the page."""
    return access.actor_of(request)


@dataclass
class FormPage:
    """One form as a page of its own: what it is called, what will happen, and the button's word."""

    title: str
    button: str
    cancel: str
    crumbs: Sequence[tuple[str, str]] = ()
    help: str = ""
    panel: str = "填写内容"
    facts: Sequence[parts.Detail] = ()
    effects: Sequence[str] = ()
    stops: Sequence[str] = ()
    danger: bool = False
    template: str = "inner_people/form.html"


def answer_form(
    request: HttpRequest,
    page: FormPage,
    form: SafeFormMixin,
    act: Callable[[Actor], R],
    *,
    to: Callable[[R], str],
    done: str = "",
) -> HttpResponse:
    """Carry the form out once, or draw its page (again)."""
    answer = submit_once(request, form, act, to=to, done=done)
    return answer or render(request, page.template, {"page": page, "form": form})
