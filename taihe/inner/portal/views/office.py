"""我的稿件, 送审, one submission, calling back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError, NotAllowed
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.ui import parts
from taihe.inner.people.permissions import may
from taihe.inner.people.views.common import FormPage, answer_form

from .. import actions, rights
from ..examining import Examined
from ..forms import EmptyForm, ReasonForm, SubmitForm
from ..models import Submission
from ..preparing import Prepared, prepare
from ..queries import reading

PER_PAGE = 20
CRUMBS = [("我的稿件", "/portal/")]


def writer(request: HttpRequest) -> Actor:
    """The asker, who has some part in the editorial office.  Raises NotAllowed."""
    actor = access.actor_of(request)
    if not any(may(actor, one) for one in reading.ALL):
        raise NotAllowed(what="进入网站采编")
    return actor


def mine(request: HttpRequest) -> HttpResponse:
    """我的稿件: every article with where it stands."""
    actor = writer(request)
    everybody = request.GET.get("of") == "all"
    page = Paginator(reading.mine(actor, everybody=everybody), PER_PAGE).get_page(request.GET.get("page"))
    tabs = [
        parts.Tab("我的稿件", "?of=mine", current=not everybody),
        parts.Tab("本单位全部", "?of=all", current=everybody),
    ]
    known = {
        "rows": reading.standings(page.object_list),
        "page_obj": page,
        "tabs": tabs,
        "may_write": may(actor, rights.EDIT) or may(actor, rights.STRUCTURE),
        "may_withdraw": may(actor, rights.WITHDRAW),
    }
    return render(request, "inner_portal/mine.html", known)


def submit(request: HttpRequest, page_id: int) -> HttpResponse:
    """送审: what the machine found in the saved text, what is new, and the button."""
    actor = access.actor_of(request)
    prepared = prepare(actor, page_id)
    form = SubmitForm(request.POST or None, request=request)
    if not prepared.examined.overridable:
        del form.fields["override_reason"]
    try:
        sent = submit_once(
            request,
            form,
            lambda who: actions.submit(
                who,
                prepared,
                override_reason=form.cleaned_data.get("override_reason", ""),
                urgency=form.cleaned_data["urgency"],
            ),
            to=lambda row: reverse("portal:submission", args=[row.pk]),
            done="已送审。",
        )
    except CountyError as refusal:
        if refusal.http_status != 422:
            raise
        form.add_error(None, "".join(refusal.sentences()))
        sent = None
    return sent or render(request, "inner_portal/submit.html", _submit_page(request, prepared, form))


def _submit_page(request: HttpRequest, prepared: Prepared, form: SubmitForm) -> dict[str, object]:
    examined: Examined = prepared.examined
    return {
        "prepared": prepared,
        "form": form,
        "mask_form": EmptyForm(request=request) if examined.maskable and prepared.content.kind == "article" else None,
        "findings": [one.kept() for one in examined.places],
        "level": examined.level,
        "stopped": bool(examined.blocked) and not examined.overridable,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[prepared.page_id]),
        "preview_url": reverse("portal:preview_draft", args=[prepared.page_id]),
        "note": reading.note_on(prepared.page_id),
    }


def hide_numbers(request: HttpRequest, page_id: int) -> HttpResponse:
    """替我隐去号码: a new revision without them, then back to 送审."""
    back = reverse("portal:submit", args=[page_id])
    actor = access.actor_of(request)
    prepared = prepare(actor, page_id)
    if request.method != "POST":
        return HttpResponseRedirect(back)
    form = EmptyForm(request.POST, request=request)
    sent = submit_once(
        request,
        form,
        lambda who: actions.mask_numbers(who, page_id, prepared.revision_id),
        to=lambda _: back,
        done="号码已隐去，存为新的修订，请核对后送审。",
    )
    if sent is None:
        messages.error(request, "号码没有隐去，请刷新页面后重试。")
    return sent or HttpResponseRedirect(back)


def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """One submission: where it stands, what was found, what is new, how it would look."""
    actor = access.actor_of(request)
    row = reading.visible(actor, pk)
    known = reading.shown(row) | {
        "steps": _steps(row),
        "mine": row.author_id == actor.person_id,
        "is_open": row.status == Submission.Status.OPEN,
        "may_edit": may(actor, rights.EDIT, row.organ),
        "edit_url": reverse("wagtailadmin_pages:edit", args=[row.page_id]),
        "instance_url": reverse("workflow:flow", args=[row.instance_id]) if row.instance_id else "",
    }
    return render(request, "inner_portal/submission.html", known)


def _steps(row: Submission) -> list[parts.Step]:
    titles = [("first", "初审"), ("second", "复审"), ("final", "终审")]
    wanted = [one for one in titles if one[0] != "second" or row.levels == len(titles)]
    given = {one["node"]: one for one in row.reviewers if not one["void"]}
    steps = [parts.Step("送审", "done", row.author_name)]
    reached = row.status == Submission.Status.OPEN
    for node, title in wanted:
        one = given.get(node)
        if one is not None:
            steps.append(parts.Step(title, "returned" if one["outcome"] == "return" else "done", one["name"]))
        else:
            steps.append(parts.Step(title, "current" if reached else "todo"))
            reached = False
    approved = row.status == Submission.Status.APPROVED
    return [*steps, parts.Step("发布", "done" if approved else "todo")]


def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回送审."""
    row = reading.visible(access.actor_of(request), pk)
    back = reverse("portal:submission", args=[pk])
    if row.author_id != access.actor_of(request).person_id:
        raise NotAllowed(what="撤回他人的送审")
    form = ReasonForm(request.POST or None, request=request, row=row)
    page = FormPage(
        "撤回送审",
        "撤回",
        back,
        [*CRUMBS, (row.title, back)],
        effects=["审核立即停止，已有的审核意见不再有效。", "修改后须重新送审，从初审开始。"],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.recall(who, pk, form.posted_version or 0, reason=form.cleaned_data["reason"]),
        to=lambda _: back,
        done="送审已撤回。",
    )
