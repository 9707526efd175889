"""分发 on the sender's side: the list before it is frozen, the receipts, and what is done about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.ui import parts
from taihe.ground.ui.tables import export, wants_export
from taihe.inner.people.permissions import permission_title
from taihe.inner.people.views.common import FormPage, laid_out
from taihe.inner.workflow.forms import WorkForm
from taihe.inner.workflow.views.common import answer, carry_out

from .. import recipients
from ..actions import correcting, distributing, following_up
from ..forms_distributing import CorrectForm, FurtherForm, RecallForm, ReceiptFilter, SendForm, UrgeForm
from ..models import Delivery, Document
from ..queries import distributing as queries
from ..rights import REGISTER
from ..states import DeliveryState, State
from ..tables_distributing import ReceiptTable

PER_PAGE = 50
KIND_TONES = {
    "returned": "danger", "recalled": "warn", "replaced": "warn", "urged": "warn", "signed": "ok", "moved": "info",
}  # fmt: skip


def document_url(pk: int) -> str:
    """The page of the document itself."""
    return reverse("documents:document", args=[pk])


def receipts_url(pk: int) -> str:
    """The page of its receipts."""
    return reverse("documents:receipts", args=[pk])


def distribute(request: HttpRequest, pk: int) -> HttpResponse:
    """分发: the list as it will be frozen, and the button."""
    actor = access.actor_of(request)
    row = queries.to_send(actor, pk)
    if row.state == State.ISSUED:
        return HttpResponseRedirect(receipts_url(pk))
    item = queries.sending_item(actor, row) if row.state == State.SEALED else None
    form = SendForm(request.POST or None, request=request, row=item)
    sent = item and carry_out(
        request,
        form,
        lambda who: distributing.distribute(who, item.pk, form.posted_version or 0),
        to=lambda _: receipts_url(pk),
        done="已分发，各收文单位的“待签收”中已经出现本文。",
    )
    known = {"document": row, "preview": queries.preview(row), "form": form, "item": item}
    return sent or render(request, "office_documents/distributing/distribute.html", known)


def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """分发回执: who has seen, signed and printed, and who has not."""
    actor = access.actor_of(request)
    row = queries.sent_out(actor, pk)
    form = ReceiptFilter(request.GET or None, auto_id="filter_%s")
    asked = request.GET.get("standing", "")
    chosen = asked if asked in queries.STANDINGS else ""
    whole = queries.receipts(row)
    rows = queries.narrowed(whole, standing=chosen, text=form.asked("q"), role=form.asked("role"))
    follows = queries.may_follow_up(actor, row)
    table = laid_out(request, ReceiptTable(rows, exclude=() if follows else ("pick",)), PER_PAGE)
    if wants_export(request):
        return export(_whole(table), f"{row.number}分发回执")
    figures = queries.counts(whole)
    known = {
        "document": row,
        "table": table,
        "form": form,
        "tabs": _tabs(request, figures, chosen),
        "figures": figures,
        "follows": follows,
        "correction": queries.correction_of(row) if follows else None,
        "records": _records(row, whole),
        "nav_key": "documents.list",
    }
    return render(request, "office_documents/distributing/receipts.html", known)


def _whole(table: ReceiptTable) -> ReceiptTable:
    """The table with the columns that only the spreadsheet has."""
    table.columns.show("signed_by_name")
    table.columns.show("signed_post")
    return table


def _tabs(request: HttpRequest, figures: dict[str, int], chosen: str) -> list[parts.Tab]:
    kept = {name: request.GET[name] for name in ("q", "role") if request.GET.get(name)}
    titles = [("", "全部", figures["all"])]
    titles += [(key, title, figures[key]) for key, (title, _) in queries.STANDINGS.items()]
    return [
        parts.Tab(title, f"?{urlencode({'standing': key, **kept} if key else kept)}", count, key == chosen)
        for key, title, count in titles
    ]


def _records(row: Document, whole: Sequence[Delivery]) -> list[parts.Record]:
    """Rounds and what happened to single copies, newest first."""
    told = [
        parts.Record(one.at, one.by_name, f"{one.get_kind_display()}　{one.delivery.organ_name}", one.by_post,
                     one.text, KIND_TONES.get(one.kind, "plain"))  # type: ignore[arg-type]
        for one in queries.events(row)
    ]  # fmt: skip
    told += [
        parts.Record(one.sent_at, one.sent_by_name, f"{one.get_kind_display()}　{copies}份", one.sent_by_post,
                     one.reason, "info")
        for one, copies in queries.rounds(whole)
    ]  # fmt: skip
    return sorted(told, key=lambda one: one.at, reverse=True)


# -- what is done about them ----------------------------------------------------------------------


def _picked(request: HttpRequest) -> list[int]:
    """The ticked copies; they stand in the address, also when the form is sent."""
    return [int(one) for one in request.GET.getlist("pick")[:500] if one.isdecimal() and len(one) < 19]


def _follow(actor: Actor, pk: int) -> Document:
    """A document whose copies the actor may do something about.  Raises Missing, NotAllowed."""
    row = queries.sent_out(actor, pk)
    if not queries.may_follow_up(actor, row):
        raise NotAllowed(what=permission_title(REGISTER))
    return row


def _page(row: Document, title: str, button: str, effects: Sequence[str], *, danger: bool = False) -> FormPage:
    back = receipts_url(row.pk)
    crumbs = [(Truncator(row.title).chars(22), document_url(row.pk)), ("分发回执", back)]
    facts = [
        parts.Detail("标题", row.title, wide=True),
        parts.Detail("发文字号", row.number),
        parts.Detail("发文机关", row.organ_name),
    ]
    return FormPage(title, button, back, crumbs, facts=facts, effects=effects, danger=danger,
                    template="office_documents/distributing/form.html",
                    help="办理情况记入分发记录，收文单位在“通知”中看到。")  # fmt: skip


def _do(
    request: HttpRequest, row: Document, page: FormPage, form: WorkForm, act: Callable[[Actor], object], done: str
) -> HttpResponse:
    return answer(request, page, form, act, to=lambda _: receipts_url(row.pk), done=done)


def urge(request: HttpRequest, pk: int) -> HttpResponse:
    """催收: everybody who has not signed, or the ticked ones."""
    row = _follow(access.actor_of(request), pk)
    picked = _picked(request)
    waiting = [one for one in queries.chosen(row, picked) if one.state == DeliveryState.SENT]
    here = f"{reverse('documents:urge_receipt', args=[pk])}?{urlencode({'pick': picked}, doseq=True)}"
    form = UrgeForm(request.POST or None, request=request, page=here)
    whom = _named(waiting) if picked else "全部待签收单位"
    page = _page(row, "催收", "发出催收", [f"催收{whom}；已达催收上限的单位不再重复催收。"])
    pks = [one.pk for one in waiting] or picked
    return _do(
        request, row, page, form,
        lambda who: following_up.urge(who, pk, deliveries=pks, words=form.cleaned_data["words"]),
        "已催收。",
    )  # fmt: skip


def _named(rows: Sequence[Delivery], most: int = 5) -> str:
    names = "、".join(one.organ_name for one in rows[:most])
    return f"{names}等{len(rows)}个单位" if len(rows) > most else names or "（所选单位无须催收）"


def further(request: HttpRequest, pk: int) -> HttpResponse:
    """补发."""
    row = _follow(access.actor_of(request), pk)
    groups = [(one.key, one.title) for one in recipients.groups()]
    form = FurtherForm(request.POST or None, request=request, row=row, groups=groups, organs=queries.without_copy(row))
    page = _page(row, "补发", "确认补发", ["所选单位立即收到本文和补发说明，须签收。", "已有本文的单位不会重复收到。"])
    return _do(
        request, row, page, form,
        lambda who: distributing.send_further(who, pk, form.posted_version, **form.cleaned_data),
        "已补发。",
    )  # fmt: skip


def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """收回."""
    row = _follow(access.actor_of(request), pk)
    rows = queries.live(row)
    picked = [str(one) for one in _picked(request)]
    here = f"{reverse('documents:recall', args=[pk])}?{urlencode({'pick': picked}, doseq=True)}"
    form = RecallForm(
        request.POST or None, request=request, row=row, rows=rows, initial={"deliveries": picked}, page=here
    )
    effects = [
        "所选单位不能再打开正文，只保留一行“已被收回”和原因；已签收的，其收文办理一并终止。",
        "收回不能撤销；需要再发的，用“补发”。",
    ]
    return _do(
        request, row, _page(row, "收回", "确认收回", effects, danger=True), form,
        lambda who: following_up.recall(who, pk, form.posted_version, **form.cleaned_data),
        "已收回，并通知收文单位。",
    )  # fmt: skip


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """换版更正: a new draft from the old text."""
    row = _follow(access.actor_of(request), pk)
    form = CorrectForm(request.POST or None, request=request, row=row)
    effects = [
        "以本文的标题、主送抄送和正文建立一份更正稿，按发文流程重新核稿、签发、编号、用印。",
        "更正稿印发时，本文标为“已换版更正”，各单位手中的旧版随之失效并收到通知。",
        "在此之前，本文仍然有效。",
    ]
    page = _page(row, "换版更正", "建立更正稿", effects)
    return answer(
        request,
        page,
        form,
        lambda who: correcting.begin_correction(who, pk, form.cleaned_data["reason"]),
        to=lambda made: document_url(made.pk),
        done="更正稿已建立，请修改后送审。",
    )
