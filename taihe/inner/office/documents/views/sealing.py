"""用印: the final pages, the button, and how far the worker is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from taihe.ground.errors import CountyError
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.ui import parts

from ..actions import sealing as acting
from ..forms_flow import PlainForm
from ..queries import steps as reading
from ..states import JobState, State
from .document import readable


def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """The keeper looks at the final pages and asks for the seal."""
    actor, found = readable(request, pk)
    item, job = reading.open_item(found, actor), reading.last_job(found)
    here = reverse("documents:seal", args=[pk])
    waits = job is not None and job.state == JobState.ASKED
    mine = item is not None and item.node == "seal" and found.state == State.NUMBERED and not waits
    form = PlainForm(request.POST or None, request=request, row=item) if mine else None
    if form is not None and item is not None:
        pressed = item
        try:
            sent = submit_once(
                request, form, lambda who: acting.ask(who, pressed.pk, form.posted_version or 0), to=lambda _: here
            )
        except CountyError as refusal:
            if refusal.http_status not in (409, 422):
                raise
            form.add_error(None, "".join(refusal.sentences()))
            sent = None
        if sent:
            return sent
    details = [
        parts.Detail("发文字号", found.number),
        parts.Detail("标题", found.title, wide=True),
        parts.Detail("印章", found.series.seal_organ.name),
        parts.Detail("签发人", found.signer_name),
        parts.Detail("成文日期", found.dated),
    ]
    known = {"document": found, "job": job, "item": item, "form": form, "details": details}
    return render(request, "office_documents/flow/seal.html", known)


@require_safe
def sealing(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, asked for again by the page until it is done."""
    _, found = readable(request, pk)
    known = {"document": found, "job": reading.last_job(found)}
    return render(request, "office_documents/flow/_sealing.html", known)
