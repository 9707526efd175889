"""收文: the list, one paper with its sheet, its pages as pictures, and a paper that came by post."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, NotAllowed
from taihe.ground.files.actions import Prepared
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import Terms, prepare
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.rules import rule
from taihe.ground.ui import parts
from taihe.inner.people.permissions import may, require
from taihe.inner.people.views.common import FormPage, laid_out
from taihe.inner.workflow.models import Kind, Status, WorkItem
from taihe.inner.workflow.seats import desk_of
from taihe.inner.workflow.views.item import matter

from .. import secrecy
from ..actions import receiving
from ..content import Content
from ..forms_incoming import IncomingFilter, PaperForm
from ..models import Incoming
from ..models.document import Genre
from ..queries import incoming, pages
from ..rights import READ, RECEIVE
from ..states import DeliveryState, IncomingState
from ..tables_incoming import IncomingTable

KINDS = frozenset({"pdf", "png", "jpg"})
LIST = "documents:incoming"
FORM = "office_documents/incoming/new.html"


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """收文: what came in, by where it stands."""
    actor = access.actor_of(request)
    if not (may(actor, RECEIVE) or may(actor, READ)):
        raise NotAllowed(what="查看收文")
    form = IncomingFilter(request.GET or None, auto_id="filter_%s")
    rows = incoming.narrowed(
        incoming.visible(actor, own=form.asked("of") != "all"),
        text=form.asked("q") or "",
        source=form.asked("source") or "",
        since=form.asked("since"),
        until=form.asked("until"),
    )
    tab, tabs = _tabs(request, incoming.standing(rows))
    states = next(states for key, _, states in incoming.TABS if key == tab)
    table = IncomingTable(rows.filter(state__in=states) if states else rows)
    if form.asked("of") != "all":
        table.exclude = ("organ",)
    known = {"table": laid_out(request, table), "tabs": tabs, "form": form, "may_receive": may(actor, RECEIVE)}
    known["nav_key"] = "documents.incoming"
    return render(request, "office_documents/incoming/list.html", known)


def _tabs(request: HttpRequest, figures: dict[str, int]) -> tuple[str, list[parts.Tab]]:
    """The chosen tab, everything by default; the other conditions stay."""
    asked = request.GET.get("tab", "")
    keys = [key for key, _, _ in incoming.TABS]
    chosen = asked if asked in keys else ""
    kept = {name: value for name, value in request.GET.items() if value and name not in ("tab", "page")}
    tabs = []
    for key, title, states in incoming.TABS:
        figure = figures.get(key, 0) if states and key != "closed" else None
        tabs.append(parts.Tab(title, f"?{urlencode({**kept, 'tab': key})}", figure, key == chosen))
    return chosen, tabs


@require_safe
def shown(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper: 收文处理单, what happened, the pages, and the way to one's own step."""
    actor = access.actor_of(request)
    row = incoming.get(actor, pk)
    flow = incoming.flow_of(row)
    known: dict[str, Any] = {"row": row, "nav_key": "documents.incoming", **paper_pages(row)}
    if flow is not None:
        known |= matter(actor, flow)
        mine = _mine(actor, known["items"])
        current = [one for one in mine if one.status == Status.OPEN and one.kind == Kind.DO]
        known |= {
            "mine": current[0] if current else None,
            "may_circulate": bool(mine) and row.state != IncomingState.RECALLED,
        }
    else:
        known["files"] = files_of(row)
    return render(request, "office_documents/incoming/paper.html", known)


def _mine(actor: Actor, items: list[WorkItem]) -> list[WorkItem]:
    """Of the items, those on the asker's desk."""
    seat = desk_of(actor)
    return [one for one in items if seat is not None and seat.holds(one)]


def files_of(row: Incoming) -> list[parts.Attached]:
    """The paper itself, to open or to keep; a corrected one is opened from its own page."""
    if row.delivery is not None and row.delivery.state == DeliveryState.REPLACED:
        return []
    return [
        parts.Attached(one.name, reverse("files:download", args=[one.key]), one.size, one.purpose)
        for one in incoming.paper_of(row)
    ]


def paper_pages(row: Incoming) -> dict[str, Any]:
    """What the panel with the pages is drawn with: their addresses, and what its sender did meanwhile."""
    total = sum(pages.page_total(one) for one in incoming.paper_of(row))
    addresses = [reverse("documents:incoming_page", args=[row.pk, number]) for number in range(1, total + 1)]
    replaced = row.delivery is not None and row.delivery.state == DeliveryState.REPLACED
    return {
        "row": row,
        "pictures": addresses,
        "replaced": replaced,
        "corrected": incoming.corrected(row) if replaced else None,
    }


@require_safe
def page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One page of a paper as a picture."""
    left = number
    for one in incoming.paper_of(incoming.get(access.actor_of(request), pk)):
        total = pages.page_total(one)
        if 1 <= left <= total:
            data, mime = pages.page_bytes(one, left)
            return HttpResponse(data, content_type=mime, headers={"Cache-Control": "private, no-cache"})
        left -= total
    raise Missing(what="这一页")


def new(request: HttpRequest) -> HttpResponse:
    """纸质来文登记."""
    actor = access.actor_of(request)
    require(actor, RECEIVE)
    form = PaperForm(
        request.POST or None, request.FILES or None, request=request, genres=[(one, one) for one in Genre.values]
    )
    scan = _looked_at(actor, form) if request.method == "POST" and form.is_valid() else None
    cancel = reverse(LIST)
    view = FormPage(
        "纸质来文登记",
        "登记收文",
        cancel,
        [("收文", cancel)],
        effects=[
            "来文进入本单位收文，由文书在待办中登记编号（初审），再按拟办、批示、承办、办结办理。",
            "扫描件先经安全检查；带有密级标志的一律不予接收，不留存内容，并报告安全管理员。",
        ],
        template=FORM,
    )
    sent = submit_once(
        request,
        form,
        lambda who: receiving.receive_paper(who, _letter(form), scan),
        to=lambda row: reverse("documents:incoming_item", args=[row.pk]),
        done="来文已收，请在待办中登记编号。",
    )
    return sent or render(request, FORM, {"page": view, "form": form, "nav_key": "documents.incoming"})


def _letter(form: PaperForm) -> receiving.Letter:
    given = {name: value for name, value in form.cleaned_data.items() if name != "scan"}
    return receiving.Letter(**(given | {"pages": given["pages"] or 0}))


def _looked_at(actor: Actor, form: PaperForm) -> Prepared:
    """The scan after its look, and the typed words, too: what bears a secret mark is kept nowhere (T10)."""
    given = form.cleaned_data
    words = (given["title"], given["source_name"], given["source_number"])
    secrecy.refuse_secrets(actor, None, Content.model_validate({}), *words)
    terms = Terms(mb=rule("documents.scan_mb"), kinds=KINDS)
    return prepare(actor, given["scan"], Owner(incoming.OWNER, ""), terms=terms)
