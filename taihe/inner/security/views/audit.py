"""The record before the auditor: search, one entry with its place in the chain, export, verification."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from taihe.ground import access, clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.formsafety.actions import once
from taihe.ground.ui import parts
from taihe.inner.people.views.common import FormPage, answer_form

from .. import actions, exports, queries, titles
from ..forms import AuditFilter, EmptyForm, ExportForm
from .common import crumbs, need

SEE = ("audit.search", "audit.search_auditors")
HERE = ("审计查询", "security:audit")


def _asked(request: HttpRequest) -> tuple[AuditFilter, queries.Asked]:
    form = AuditFilter(request.GET or None, auto_id="filter_%s")
    return form, form.asked(auditors_only=not access.may(request, "audit.search"))


def listing(request: HttpRequest) -> HttpResponse:
    """审计查询."""
    need(request, *SEE)
    form, asked = _asked(request)
    page = queries.audit_page(asked, before=_number(request, "before"), after=_number(request, "after"))
    known = {
        "form": form,
        "rows": [
            (
                one,
                titles.action_title(one.action),
                titles.OUTCOMES.get(one.outcome, one.outcome),
                page.sealed.get(one.pk),
            )
            for one in page.rows
        ],
        "older": _leaf(request, before=page.older),
        "newer": _leaf(request, after=page.newer),
        "only_auditors": asked.auditors_only,
        "may_export": access.may(request, "audit.export"),
        "query": _filters(request),
    }
    return render(request, "inner_security/audit.html", known)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _filters(request: HttpRequest) -> str:
    kept = {key: str(value) for key, value in request.GET.items() if key not in ("before", "after") and value}
    return urlencode(kept)


def _leaf(request: HttpRequest, **place: int | None) -> str:
    """The address of the neighbouring page; empty when there is none."""
    ((key, number),) = place.items()
    if number is None:
        return ""
    kept = _filters(request)
    return f"?{kept}{'&' if kept else ''}{key}={number}"


def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: everything kept, its place in the chain, and what belongs to the same act."""
    need(request, *SEE)
    one = queries.find_entry(pk)
    if not access.may(request, "audit.search") and one.post_id != queries.AUDITOR_POST:
        need(request, "audit.search")
    known = {
        "entry": one,
        "title": titles.action_title(one.action),
        "outcome": titles.OUTCOMES.get(one.outcome, one.outcome),
        "subject": titles.SUBJECTS.get(one.subject_type, one.subject_type),
        "who": _who(one),
        "what": _what(one),
        "detail": json.dumps(one.detail, ensure_ascii=False, indent=2, sort_keys=True),
        "sentence": one.detail.get("sentence", "") if isinstance(one.detail, dict) else "",
        "proof": queries.proof_of(one),
        "related": [(near, titles.action_title(near.action)) for near in queries.related(one)]
        if access.may(request, "audit.search")
        else [],
    }
    return render(request, "inner_security/audit_entry.html", known)


def _who(one: AuditEntry) -> list[parts.Detail]:
    rows: list[tuple[str, Any]] = [
        ("操作人", f"{one.person_name}代{one.on_behalf_of}" if one.on_behalf_of else one.person_name),
        ("人员编号", one.person_id),
        ("岗位", one.post_name),
        ("单位", f"{one.organ_name}（{one.organ}）" if one.organ else ""),
        ("会话", one.session),
        ("地址", one.address),
    ]
    return [parts.Detail(name, value) for name, value in rows if value]


def _what(one: AuditEntry) -> list[parts.Detail]:
    at = clock.local(one.at).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    rows = [
        parts.Detail("时间", at),
        parts.Detail("操作", f"{titles.action_title(one.action)}（{one.action}）"),
        parts.Detail("对象", one.subject_title or "—"),
        parts.Detail("对象编号", f"{one.subject_type} {one.subject_id}".strip()),
        parts.Detail("操作编号", one.event),
        parts.Detail("上一操作", one.parent or "—"),
    ]
    if one.before:
        rows.append(parts.Detail("改动前摘要", one.before, wide=True))
    if one.after:
        rows.append(parts.Detail("改动后摘要", one.after, wide=True))
    return rows


def export(request: HttpRequest) -> HttpResponseBase:
    """导出审计记录: the same filters, in a file; the export itself is recorded first."""
    actor = need(request, "audit.export")
    _, asked = _asked(request)
    form = ExportForm(request.POST or None, request=request)
    if form.is_valid():
        kind, reason = form.cleaned_data["form"], form.cleaned_data["reason"]
        made = exports.make(kind, queries.export_rows(asked, exports.most_rows()))
        once(
            actor,
            form.form_key,
            lambda who: actions.export_audit(
                who, asked=asked.words(), form=kind, rows=made.rows, digest=made.digest, reason=reason
            ),
            lambda _: reverse("security:audit"),
        )
        return exports.download(made)
    known = {
        "form": form,
        "asked": _asked_facts(asked),
        "count": queries.entries(asked).count(),
        "most": exports.most_rows(),
        "query": _filters(request),
    }
    return render(request, "inner_security/audit_export.html", known)


NAMES = {
    "person": "人员", "organ": "单位", "action": "操作", "subject": "对象", "outcome": "结果", "since": "自",
    "until": "至", "text": "内容",
}  # fmt: skip


def _asked_facts(asked: queries.Asked) -> list[parts.Detail]:
    words = asked.words()
    if "action" in words:
        words["action"] = titles.AREAS.get(words["action"], titles.action_title(words["action"]))
    if "outcome" in words:
        words["outcome"] = titles.OUTCOMES.get(words["outcome"], words["outcome"])
    return [parts.Detail(NAMES[key], value) for key, value in words.items() if key in NAMES]


def verification(request: HttpRequest) -> HttpResponse:
    """审计链核验: the chain as it stands, the last results, and the button."""
    need(request, "audit.verify")
    form = EmptyForm(request.POST or None, request=request)
    if request.method == "POST":
        page = FormPage("审计链核验", "开始核验", reverse("security:verification"), crumbs(*HERE))
        return answer_form(
            request,
            page,
            form,
            actions.request_verification,
            to=lambda _: reverse("security:verification"),
            done="已开始核验，完成后结果显示在本页。",
        )
    chain = queries.chain()
    known = {"form": form, "chain": chain, "running": chain.running, "facts": _chain_facts(chain)}
    return render(request, "inner_security/verification.html", known)


def _chain_facts(chain: queries.Chain) -> list[parts.Detail]:
    last = chain.last
    return [
        parts.Detail("已封存批次", chain.links),
        parts.Detail("已封存记录", chain.sealed),
        parts.Detail("待封存记录", chain.unsealed),
        parts.Detail("最近封存", last.sealed_at if last else None),
        parts.Detail("签名密钥", last.key_id if last else "—"),
        parts.Detail("链头", last.head if last else "—", wide=True),
    ]
