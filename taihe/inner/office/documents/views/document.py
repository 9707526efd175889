"""One document: where it stands, its 稿纸, its pages, and what the asker may do with it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from taihe.ground import access as asking
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError, Missing
from taihe.ground.paper import render as draw
from taihe.inner.people.views.common import FormPage, answer_form
from taihe.inner.workflow.views.item import matter

from .. import guards
from ..actions import flowing, printing
from ..flow import EDITING, may_edit
from ..flow_rows import content_of, newest, numbered
from ..forms_flow import CancelForm, PlainForm
from ..models import Document
from ..paper import Looks, build
from ..queries import pages as stored
from ..queries import steps as reading
from ..states import Force, State

TONES = {State.ISSUED: "ok", State.CANCELLED: "plain", State.DRAFT: "plain"}
FORCE_TONES = {Force.IN_FORCE: "ok", Force.REPEALED: "warn", Force.CORRECTED: "warn", Force.REVOKED: "danger"}
PDF = "application/pdf"


@dataclass(frozen=True)
class Way:
    """One thing that may be done, as a button or link."""

    title: str
    url: str
    icon: str
    first: bool = False


def readable(request: HttpRequest, pk: int) -> tuple[Actor, Document]:
    """The asker and the document he may read.  Raises Missing, also for what is not his to see."""
    actor = asking.actor_of(request)
    return actor, reading.document(actor, pk)


def document(request: HttpRequest, pk: int) -> HttpResponse:
    """发文稿纸 and everything around it."""
    actor, found = readable(request, pk)
    instance = reading.instance_of(found)
    if instance is not None:
        instance.__dict__["_document"] = found
        shown = matter(actor, instance, body=False)
        cells = shown["summary"][1]
    else:
        cells = reading.cells(found)
        shown = {"summary": ("office_documents/flow/_cells.html", cells), "items": []}
    item = reading.mine(shown["items"], actor)
    known: dict[str, Any] = shown | {
        "document": found,
        "state_tone": TONES.get(State(found.state), "info"),
        "force_tone": FORCE_TONES.get(Force(found.force), "info"),
        "job": cells["job"],
        "signed_away": reading.signed_text_changed(found),
        "may_resign": item is not None,
        "ways": _ways(actor, found, item),
        "links": _links(found),
        "nav_key": "documents.list",
    }
    return render(request, "office_documents/flow/document.html", known)


def _ways(actor: Actor, found: Document, item: Any) -> list[Way]:
    ways: list[Way] = []
    mine = actor.person_id == str(found.drafter_id)
    if item is not None and item.node != "draft":
        ways.append(Way(f"办理：{item.node_title}", reverse("workflow:item", args=[item.pk]), "checks", first=True))
    if found.state == State.DRAFT and mine:
        ways.append(Way("送审", reverse("documents:submit", args=[found.pk]), "send", first=True))
    drafts = found.state == State.DRAFT and may_edit(actor, found)
    if drafts or (item is not None and item.node in EDITING):
        ways.append(Way("编辑", reverse("documents:edit", args=[found.pk]), "edit"))
    back = reading.pull_back(found, actor) if found.state == State.IN_REVIEW and mine else None
    if back is not None:
        ways.append(Way("撤回", reverse("workflow:withdraw", args=[back.pk]), "arrow-back-up"))
    if mine and found.state not in (State.ISSUED, State.CANCELLED):
        ways.append(Way("撤销办理", reverse("documents:cancel", args=[found.pk]), "ban"))
    return ways


def _links(found: Document) -> list[Way]:
    links = [Way("历次稿和修改痕迹", reverse("documents:versions", args=[found.pk]), "history")]
    if found.state == State.ISSUED:
        links.append(Way("分发与签收情况", reverse("documents:receipts", args=[found.pk]), "checks"))
    if found.instance_id:
        links.append(Way("流程图和全部记录", reverse("workflow:flow", args=[found.instance_id]), "git-branch"))
    print_url = reverse("documents:print", args=[found.pk])
    links.append(Way("打印（普通纸）", print_url, "printer"))
    links.append(Way("打印（预印红头纸）", f"{print_url}?stock=redhead", "printer"))
    return links


# -- pages ----------------------------------------------------------------------------------------


@require_safe
def pages(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages as pictures, for the page that asks for them once it is drawn."""
    _, found = readable(request, pk)
    known: dict[str, Any] = {"document": found, "stamp": found.version, "numbers": [], "fault": ""}
    try:
        known["numbers"] = range(1, _page_total(found) + 1)
    except CountyError as fault:
        known["fault"] = "".join(fault.sentences())
    return render(request, "office_documents/flow/pages.html", known)


@require_safe
def page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One page as a picture: of the sealed original, or of the text as it now stands."""
    _, found = readable(request, pk)
    original = stored.shown(found.pdf)
    if original is not None:
        data, mime = stored.page_bytes(original, number)
    else:
        drawn = reading.pictures(found)
        if not 1 <= number <= len(drawn):
            raise Missing(what="这一页")
        data, mime = drawn[number - 1], "image/png"
    answer = HttpResponse(data, content_type=mime)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _page_total(found: Document) -> int:
    original = stored.shown(found.pdf)
    return stored.page_total(original) if original is not None else len(reading.pictures(found))


@require_safe
@xframe_options_sameorigin
def print_(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF to print: on plain paper the sealed original where there is one; without head on pre-printed stock."""
    stock = "redhead" if request.GET.get("stock") == "redhead" else "plain"
    found = printing.note_print(asking.actor_of(request), pk, stock=stock)
    original = stored.shown(found.pdf)
    if original is not None and stock == "plain":
        data = stored.whole(original)
    else:
        version = numbered(found, found.signed_version) if found.pdf and found.signed_version else newest(found)
        looks = Looks(
            stage="final" if found.pdf else "draft", red_head="preprinted" if stock == "redhead" else "digital"
        )
        data = draw(build(found, content_of(version), looks)).pdf
    answer = HttpResponse(data, content_type=PDF)
    answer["Content-Disposition"] = (
        content_disposition_header(False, f"{found.number or '送审稿'} {found.title}.pdf") or ""
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# -- what is done from here -----------------------------------------------------------------------


def _crumbs(found: Document) -> tuple[list[tuple[str, str]], str]:
    here = reverse("documents:document", args=[found.pk])
    return [("公文", "/documents/"), (found.number or found.title[:22] or "起草中的公文", here)], here


def _answer(
    request: HttpRequest, found: Document, form: Any, act: Any, done: str, *, title: str, button: str, **more: Any
) -> HttpResponse:
    crumbs, here = _crumbs(found)
    page_ = FormPage(title, button, here, crumbs, **more)
    try:
        return answer_form(request, page_, form, act, to=lambda _: here, done=done)
    except CountyError as refusal:
        if refusal.http_status not in (409, 422) or not form.is_bound:
            raise
        form.add_error(None, "".join(refusal.sentences()))
        return render(request, page_.template, {"page": page_, "form": form})


def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """送审: what the checks say, and the button."""
    _, found = readable(request, pk)
    form = PlainForm(request.POST or None, request=request, row=found)
    findings = guards.findings(found, "submit", measure=True)
    more: Mapping[str, Any] = {
        "effects": [
            "公文送部门核稿，办理进度在公文页和“我发起的事项”中查看。",
            *([f"会签单位 {len(found.cosigners)} 个，核稿后同时送达。"] if found.cosigners else []),
            *[f"提醒：{one.happened}" for one in findings if one.severity == "W"],
        ],
        "stops": [one.happened for one in findings if one.severity == "B"],
        "panel": "确认",
    }
    return _answer(
        request, found, form, lambda who: flowing.submit(who, pk, form.posted_version or 0), "公文已送审。",
        title="送审", button="送审", **more,
    )  # fmt: skip


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销办理."""
    _, found = readable(request, pk)
    form = CancelForm(request.POST or None, request=request, row=found)
    effects = ["公文不再办理，各环节的待办随之结束，已有的意见全部保留。", "撤销后不能恢复。"]
    if found.number:
        effects.insert(1, f"发文字号 {found.number} 作废，不再使用，登记簿中写明原因。")
    return _answer(
        request, found, form,
        lambda who: flowing.cancel(who, pk, form.posted_version or 0, reason=form.cleaned_data["reason"]),
        "已撤销办理。", title="撤销办理", button="撤销办理", effects=effects, danger=True,
    )  # fmt: skip


def resign(request: HttpRequest, pk: int) -> HttpResponse:
    """送原签发人复审."""
    _, found = readable(request, pk)
    form = PlainForm(request.POST or None, request=request, row=found)
    effects = [
        "原签发记录失效并保留，公文送原签发人重新签发。",
        "修改的语句写在退回原因中，签发人可以逐处核对。",
        *(["已编的发文字号保留。"] if found.number else []),
    ]
    return _answer(
        request, found, form, lambda who: flowing.return_to_signer(who, pk, form.posted_version or 0),
        "已送原签发人复审。", title="送原签发人复审", button="送原签发人", effects=effects, panel="确认",
    )  # fmt: skip
