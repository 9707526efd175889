"""撤稿: pages of the site that may be taken off it, and the record of those that were."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.errors import NotAllowed
from taihe.ground.ui import parts
from taihe.inner.people.permissions import may, require
from taihe.inner.people.views.common import FormPage, answer_form

from .. import actions, rights
from ..forms import ReasonForm, WithdrawForm
from ..queries import reading

PER_PAGE = 20


def listing(request: HttpRequest) -> HttpResponse:
    """撤稿: what is public and may be withdrawn, and what was."""
    actor = access.actor_of(request)
    if not (may(actor, rights.WITHDRAW) or may(actor, rights.EDIT)):
        raise NotAllowed(what="撤稿")
    done = request.GET.get("of") == "done"
    text = request.GET.get("q", "").strip()[:60]
    rows = reading.withdrawals(actor) if done else reading.public_pages(actor, text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    known = {
        "page_obj": page,
        "rows": page.object_list,
        "done": done,
        "text": text,
        "may_withdraw": may(actor, rights.WITHDRAW),
        "me": actor.person_id,
        "tabs": [parts.Tab("公开中", "?of=public", current=not done), parts.Tab("已撤稿", "?of=done", current=done)],
    }
    return render(request, "inner_portal/withdrawals.html", known)


def withdraw(request: HttpRequest, page_id: int) -> HttpResponse:
    """撤稿, asked with its consequences."""
    row = reading.public_page(access.actor_of(request), page_id)
    back = reverse("portal:withdrawals")
    form = WithdrawForm(request.POST or None, request=request)
    page = FormPage(
        "撤稿",
        "撤下该页面",
        back,
        [("撤稿", back)],
        panel="撤稿说明",
        facts=[parts.Detail("标题", row.title), parts.Detail("发布时间", row.published_at)],
        effects=[
            "页面、列表、搜索、订阅和文字版中立即不再提供，网址显示已撤稿。",
            "以前的批准全部作废，回退到旧版本也不会恢复；恢复须重新送审。",
            "撤稿后由另一人复核。",
        ],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.withdraw(
            who, page_id, reason=form.cleaned_data["reason"], urgent=form.cleaned_data["urgent"]
        ),
        to=lambda _: f"{back}?of=done",
        done=f"《{row.title}》已撤稿。",
    )


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """复核撤稿, by another person."""
    actor = access.actor_of(request)
    require(actor, rights.WITHDRAW)
    row = reading.withdrawal(actor, pk)
    back = f"{reverse('portal:withdrawals')}?of=done"
    form = ReasonForm(request.POST or None, request=request)
    form.fields["reason"].label = "复核意见"
    page = FormPage(
        "复核撤稿",
        "登记复核",
        back,
        [("撤稿", back)],
        facts=[
            parts.Detail("标题", row.title),
            parts.Detail("撤稿人", row.by_name),
            parts.Detail("时间", row.at),
            parts.Detail("原因", row.reason, wide=True),
        ],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.confirm_withdrawal(who, pk, words=form.cleaned_data["reason"]),
        to=lambda _: back,
        done="复核已登记。",
    )
