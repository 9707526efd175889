"""历次稿: every version, what changed between any two and who changed it, and the way back to an earlier text."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.ui import parts

from ..actions import drafting
from ..forms_drafting import ButtonForm
from ..models import Document
from ..preview import look
from ..queries import drafting as reading
from ..versions import Marked, marks
from .drafting import writable

PER_PAGE = 30


@dataclass(frozen=True)
class Compared:
    """Two versions side by side as one marked text."""

    old: int
    new: int
    lines: list[Marked]
    same: bool
    people: list[str]


def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, and with ``?a=1&b=3`` the marks between two of them."""
    actor = access.actor_of(request)
    document = reading.require_drafts(actor, pk)
    page = Paginator(reading.versions(document), PER_PAGE).get_page(request.GET.get("page"))
    known = {
        "document": document,
        "page_obj": page,
        "compared": _compared(request, document),
        "may_edit": drafting.who_may_edit(actor, document),
    }
    return render(request, "office_documents/drafting/versions.html", known)


def _compared(request: HttpRequest, document: Document) -> Compared | None:
    wanted = [request.GET.get(name, "") for name in ("a", "b")]
    if not all(one.isascii() and one.isdigit() and len(one) < 8 for one in wanted):
        return None
    old, new = sorted(int(one) for one in wanted)
    found = marks(reading.chain(document, old, new))
    people = list(dict.fromkeys(piece.by for line in found for piece in line.pieces if piece.by))
    return Compared(old, new, found, all(one.kind in ("same", "skip") for one in found), people)


def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as its paper looked, and the button that brings its text back."""
    actor = access.actor_of(request)
    document = reading.require_drafts(actor, pk)
    row = reading.version(document, number)
    content = reading.content_of(row)
    drawn = look(document, content)
    pictures = drawn.pictures()
    may_edit = drafting.who_may_edit(actor, document) and number != document.head
    known = {
        "document": document,
        "row": row,
        "pages": [pictures[name] for name in drawn.pages if name in pictures],
        "fault": drawn.fault,
        "form": ButtonForm(request=request, row=document) if may_edit else None,
        "facts": [
            parts.Detail("修改人", f"{row.author_post} {row.author_name}"),
            parts.Detail("环节", row.stage),
            parts.Detail("开始", row.started_at),
            parts.Detail("定稿", row.closed_at or "正在编辑"),
            parts.Detail("说明", row.note or "—"),
            parts.Detail("摘要", row.digest[:16]),
        ],
    }
    return render(request, "office_documents/drafting/version.html", known)


def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """恢复为新稿次."""
    actor = access.actor_of(request)
    document = writable(actor, pk)
    back = reverse("documents:version", args=[pk, number])
    if request.method != "POST":
        return HttpResponseRedirect(back)
    form = ButtonForm(request.POST, request=request, row=document)

    def bring_back(who: Actor) -> int:
        return drafting.restore(who, pk, form.posted_version or 0, number).number

    answer = submit_once(
        request,
        form,
        bring_back,
        to=lambda made: reverse("documents:versions", args=[pk]) + f"?a={number}&b={made}",
        done=f"第{number}稿的文字已作为新的一稿，此前的文稿完整保留。",
    )
    if answer is None:
        raise Missing(what="页面校验信息")
    return answer
