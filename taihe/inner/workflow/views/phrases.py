"""常用语 of one's own, and the fragment of the people picker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.errors import Missing
from taihe.ground.ui import parts

from .. import actions, picker, queries
from ..forms import COMMON, EmptyForm, PhraseForm
from .common import answer, carry_out, form_page

# Fields of that kind in forms of ours and of the modules above.
PICKERS = frozenset({"signers", "signer", "readers"})


def phrases(request: HttpRequest) -> HttpResponse:
    """常用语: those of one's own, with a line to add one."""
    actor = access.actor_of(request)
    here = reverse("workflow:phrases")
    form = PhraseForm(request.POST or None, request=request)
    sent = carry_out(
        request, form, lambda who: actions.add_phrase(who, form.cleaned_data["text"]), to=lambda _: here,
        done="常用语已添加。",
    )  # fmt: skip
    known = {"form": form, "own": queries.phrases(actor), "common": COMMON}
    return sent or render(request, "inner_workflow/phrases.html", known)


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one phrase."""
    actor = access.actor_of(request)
    found = next((one for one in queries.phrases(actor) if one.pk == pk), None)
    if found is None:
        raise Missing(what="该常用语")
    here = reverse("workflow:phrases")
    page = form_page(
        "删除常用语", "确认删除", here, crumbs=[("常用语", here)],
        facts=[parts.Detail("常用语", found.text, wide=True)], effects=["只从您的常用语中删除，已提交的意见不变。"],
    )  # fmt: skip
    form = EmptyForm(request.POST or None, request=request)
    return answer(
        request, page, form, lambda who: actions.drop_phrase(who, pk), to=lambda _: here, done="常用语已删除。"
    )


def people(request: HttpRequest) -> HttpResponse:
    """Those found while typing in a people picker."""
    actor = access.actor_of(request)
    name = request.GET.get("field", "")
    if name not in PICKERS:
        raise Missing(what="该查找项")
    text = request.GET.get(f"{name}_find", "")[:60]
    known = picker.options(name, "many" in request.GET, request.GET.getlist(name), text, actor.organ)
    return render(request, "inner_workflow/_people.html", known)
