"""签收 on the receiving side: what came, one paper with its pages, and signing for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError, Missing
from taihe.ground.rules import rule
from taihe.ground.ui import parts
from taihe.inner.people.permissions import require
from taihe.inner.people.views.common import FormPage, laid_out
from taihe.inner.workflow.views.common import answer, carry_out

from ..actions import collecting
from ..forms_distributing import BatchSignForm, PrintForm, ReceivedFilter, RefuseForm, SignForm
from ..models import Delivery
from ..queries import distributing as queries
from ..queries import pages
from ..rights import RECEIVE
from ..states import DeliveryState
from ..tables_distributing import NoticeTable, ReceivedTable, standing

WAITING, HANDLED, NOTICES = "waiting", "handled", "notices"
KIND_TONES = {
    "returned": "danger", "recalled": "warn", "replaced": "warn", "urged": "warn", "signed": "ok", "moved": "info",
}  # fmt: skip
LIST = "documents:received"


def received(request: HttpRequest) -> HttpResponse:
    """收到的公文: 待签收, 已签收, 通知."""
    actor = access.actor_of(request)
    require(actor, RECEIVE)
    organs = queries.my_organs(actor)
    asked = request.GET.get("tab", "")
    tab = asked if asked in (HANDLED, NOTICES) else WAITING
    form = ReceivedFilter(request.GET or None, auto_id="filter_%s")
    text = form.asked()
    if tab == NOTICES:
        table = laid_out(request, NoticeTable(queries.notices(organs, text=text)))
    else:
        table = laid_out(request, _papers(actor, tab, organs, text))
    waiting = queries.waiting(actor, organs).count()
    titles = ((WAITING, "待签收", waiting), (HANDLED, "已签收", None), (NOTICES, "通知", None))
    known = {
        "table": table,
        "form": form,
        "tabs": [parts.Tab(title, f"?tab={key}", count, key == tab) for key, title, count in titles],
        "signable": tab == WAITING and waiting,
        "nav_key": "documents.received",
    }
    return render(request, "office_documents/distributing/received.html", known)


def _papers(actor: Actor, tab: str, organs: Sequence[int], text: str) -> ReceivedTable:
    if tab == HANDLED:
        table = ReceivedTable(queries.handled(organs, text=text), exclude=("pick",))
        table.empty_text = "没有已签收的公文"
    else:
        table = ReceivedTable(queries.waiting(actor, organs, text=text), exclude=("state", "signed_at"))
        table.empty_text = "没有待签收的公文"
    return table


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper: its pages and 签收.  Opening it is noted."""
    actor = access.actor_of(request)
    row = queries.delivery(actor, pk)
    form = SignForm(request.POST or None, request=request, row=row)
    signed = carry_out(
        request,
        form,
        lambda who: collecting.sign_for(who, pk, form.posted_version or 0),
        to=lambda _: reverse("documents:received_one", args=[pk]),
        done="已签收。",
    )
    if signed:
        return signed
    if request.method != "POST":
        collecting.mark_opened(actor, row)
    return render(request, "office_documents/distributing/one.html", _shown(row, form))


def _shown(row: Delivery, form: SignForm) -> dict[str, object]:
    word, tone = ("已被收回", "plain") if row.state == DeliveryState.RECALLED else standing(row)
    readable = queries.readable(row)
    file = pages.shown(row.document.pdf) if readable else None
    return {
        "row": row,
        "document": row.document,
        "form": form,
        "word": "待签收" if row.state == DeliveryState.SENT else word,
        "tone": "warn" if row.state == DeliveryState.SENT else tone,
        "readable": readable,
        "file": file,
        "numbers": range(1, pages.page_total(file) + 1) if file else (),
        "waiting": row.state == DeliveryState.SENT,
        "newer": queries.newer(row),
        "incoming": queries.incoming_of(row),
        "records": _records(row),
        "facts": _facts(row),
        "nav_key": "documents.received",
    }


def _facts(row: Delivery) -> list[parts.Detail]:
    paper = row.document
    found = [
        parts.Detail("发文单位", row.sender_name),
        parts.Detail("发文字号", row.number),
        parts.Detail("文种", paper.genre),
        parts.Detail("成文日期", paper.dated),
        parts.Detail("类别", row.get_role_display()),
        parts.Detail("页数", paper.pages or None),
        parts.Detail("收文单位", row.organ.name),
        parts.Detail("送达", row.sent_at),
    ]
    if row.organ_name != row.organ.name:
        found.append(parts.Detail("原送单位", row.organ_name))
    if row.signed_at:
        found += [
            parts.Detail("签收", row.signed_at),
            parts.Detail("签收人", f"{row.signed_by_name} {row.signed_post}"),
        ]
    return found


def _records(row: Delivery) -> list[parts.Record]:
    return [
        parts.Record(event.at, event.by_name, event.get_kind_display(), event.by_post, event.text,
                     KIND_TONES.get(event.kind, "plain"))  # type: ignore[arg-type]
        for event in queries.history(row)
    ]  # fmt: skip


@require_safe
def page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One page of the original as a picture, for screens that show no PDF."""
    row = queries.readable_delivery(access.actor_of(request), pk)
    file = pages.shown(row.document.pdf)
    if file is None:
        raise Missing(what="正本")
    data, mime = pages.page_bytes(file, number)
    answered = HttpResponse(data, content_type=mime)
    answered["Cache-Control"] = "private, no-cache"  # asked again each time: it may be taken back
    return answered


def print_it(request: HttpRequest, pk: int) -> HttpResponse:
    """打印: counted, then the original opens where the browser prints it."""
    row = queries.readable_delivery(access.actor_of(request), pk)
    back = reverse("documents:received_one", args=[pk])
    form = PrintForm(request.POST or None, request=request)
    form_page = FormPage(
        "打印正本",
        "打开正本打印",
        back,
        [("收到的公文", reverse(LIST)), (Truncator(row.title).chars(22), back)],
        facts=[parts.Detail("标题", row.title, wide=True), parts.Detail("已打印", f"{row.prints}次")],
        effects=[
            "打印次数记入回执，发文单位可见。",
            "打开正本 PDF 后，用浏览器的打印按钮，纸张选 A4，比例选“实际大小”。",
        ],
        template="office_documents/distributing/print.html",
    )
    original = reverse("files:download", args=[row.document.pdf]) + "?inline=1"
    return answer(request, form_page, form, lambda who: collecting.note_print(who, pk), to=lambda _: original)


def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """退文 before signing."""
    row = queries.delivery(access.actor_of(request), pk)
    back = reverse("documents:received_one", args=[pk])
    form = RefuseForm(request.POST or None, request=request, row=row)
    form_page = FormPage(
        "退文",
        "确认退文",
        back,
        [("收到的公文", reverse(LIST)), (Truncator(row.title).chars(22), back)],
        facts=[
            parts.Detail("标题", row.title, wide=True),
            parts.Detail("发文单位", row.sender_name),
            parts.Detail("发文字号", row.number),
        ],
        effects=["本件退回发文单位，理由一并送达；本单位不能再打开正文。", "发文单位可以重新发送。"],
        danger=True,
        template="office_documents/distributing/form.html",
    )
    return answer(
        request,
        form_page,
        form,
        lambda who: collecting.refuse(who, pk, form.posted_version or 0, reason=form.cleaned_data["reason"]),
        to=lambda _: back,
        done="已退文。",
    )


# -- many at once -----------------------------------------------------------------------------------


def sign_many(request: HttpRequest) -> HttpResponse:
    """批量签收: what will be signed for is listed first; one that fails keeps none of the others back."""
    actor = access.actor_of(request)
    require(actor, RECEIVE)
    back = reverse(LIST)
    given = request.POST if request.method == "POST" else request.GET
    picks = [pair for pair in map(_pair, given.getlist("pick")[: rule("documents.sign_batch")]) if pair]
    rows = queries.waiting(actor).in_bulk([pk for pk, _ in picks])
    found = [(rows[pk], version) for pk, version in picks if pk in rows]
    if not found:
        messages.warning(request, "请先勾选要签收的公文。")
        return HttpResponseRedirect(back)
    values = [f"{row.pk}:{version}" for row, version in found]
    here = f"{reverse('documents:sign_many')}?{urlencode({'pick': values}, doseq=True)}"
    form = BatchSignForm(request.POST or None, request=request, picks=values, initial={"pick": values}, page=here)
    failed: list[str] = []
    sent = carry_out(request, form, lambda who: _each(who, found, failed), to=lambda _: back)
    if sent:
        _tell(request, len(found) - len(failed), failed)
        return sent
    known = {"rows": [row for row, _ in found], "form": form, "back": back, "nav_key": "documents.received"}
    return render(request, "office_documents/distributing/sign_many.html", known)


def _pair(text: str) -> tuple[int, int] | None:
    pk, _, version = text.partition(":")
    return (int(pk), int(version)) if pk.isdecimal() and version.isdecimal() and len(text) < 30 else None


def _each(actor: Actor, found: Sequence[tuple[Delivery, int]], failed: list[str]) -> int:
    failed.clear()
    for row, version in found:
        try:
            collecting.sign_for(actor, row.pk, version)
        except CountyError as refusal:
            failed.append(f"“{row.title}”没有签收：{refusal.sentences()[0]}")
    return len(found) - len(failed)


def _tell(request: HttpRequest, number: int, failed: Sequence[str]) -> None:
    if number:
        messages.success(request, f"已签收 {number} 件。")
    for sentence in failed:
        messages.warning(request, sentence)
