"""页面发布: what is out, what was, how to go back, and what was found wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.ui import parts
from taihe.inner.people.permissions import may, require
from taihe.inner.people.views.common import FormPage, answer_form, laid_out, version_of

from .. import rights
from ..models import Release, ReleaseAlarm, ReleaseState, RollbackRequest
from . import actions, queries
from .folder import release_store
from .forms import DecideForm, WhyForm
from .tables import ReleaseAlarmTable, ReleaseTable, seconds_words

SHOWN = 100
LIST = ("页面发布", "releases:overview")


def _watch(request: HttpRequest) -> None:
    require(access.actor_of(request), rights.WATCH)


def _may_act(request: HttpRequest) -> bool:
    return may(access.actor_of(request), rights.RELEASE)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(LIST[0], reverse(LIST[1])), *more]


def overview(request: HttpRequest) -> HttpResponse:
    """Where publishing stands, and every release."""
    _watch(request)
    state, alarms = queries.state_with_request(), list(queries.alarms(closed=False)[:SHOWN])
    known = {
        "state": state,
        "behind": bool(state.newest and state.outer_number and state.outer_number < state.newest.number),
        "alarms": alarms[:5],
        "alarm_count": f"{SHOWN} 条以上" if len(alarms) == SHOWN else f"{len(alarms)} 条" if alarms else "",
        "table": laid_out(request, ReleaseTable(queries.releases())),
        "facts": _state_facts(state),
        "may_act": _may_act(request),
    }
    return render(request, "inner_portal/release/overview.html", known)


def _state_facts(state: ReleaseState) -> list[parts.Detail]:
    newest = state.newest
    return [
        parts.Detail("最新发布", f"第{newest.number}号" if newest else "还没有发布"),
        parts.Detail("公众正在看到", f"第{state.outer_number}号" if state.outer_number else "尚未告知"),
        parts.Detail("切换时间", state.outer_at),
        parts.Detail("最近一次耗时", seconds_words(newest.visible_seconds if newest else None)),
    ]


def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: what it was made of and how it went."""
    _watch(request)
    row, state = queries.release(number), queries.release_state()
    kept = release_store().has(row.digest)
    known = {
        "row": row,
        "facts": _release_facts(row),
        "newest": state.newest_id == row.pk,
        "may_go_back": kept and state.newest_id != row.pk and _may_act(request) and queries.open_request() is None,
        "kept": kept,
    }
    return render(request, "inner_portal/release/release.html", known)


def _release_facts(row: Release) -> list[parts.Detail]:
    went_back = parts.Detail("内容取自", f"第{row.contents_of.number}号发布" if row.contents_of else "最新批准的内容")
    return [
        parts.Detail("原因", row.cause, wide=True),
        parts.Detail("方式", row.get_kind_display()),
        went_back,
        parts.Detail("经办", row.made_by or "系统"),
        parts.Detail("文件数", row.pages),
        parts.Detail("更新", row.changed),
        parts.Detail("减少", row.removed),
        parts.Detail("撤稿路径", row.tombstones),
        parts.Detail("传输", f"{row.packed / 1024:,.0f} KB"),
        parts.Detail("最早批准时间", row.waiting_since),
        parts.Detail("制成时间", row.made_at),
        parts.Detail("制作用时", seconds_words(row.seconds)),
        parts.Detail("公众可见时间", row.served_at),
        parts.Detail("批准到可见", seconds_words(row.visible_seconds)),
        parts.Detail("签署密钥", row.key_id),
        parts.Detail("清单摘要", row.digest, wide=True),
    ]


# Deciding --------------------------------------------------------------------------------------


def rollback(request: HttpRequest, number: int) -> HttpResponse:
    """Ask to go back to a release; a second person confirms."""
    require(access.actor_of(request), rights.RELEASE)
    row = queries.release(number)
    here = reverse("releases:release", args=[number])
    form = WhyForm(request.POST or None, request=request)
    page = FormPage(
        f"回退到第{number}号发布",
        "提出回退申请",
        here,
        _crumbs((f"第{number}号发布", here)),
        facts=[*_release_facts(row)[:4], parts.Detail("制成时间", row.made_at)],
        effects=[
            "申请须由另一位有发布权限的人员确认，确认后立即回退。",
            "回退后网站停在这次发布的内容上，其后批准的内容暂不发布，直到恢复发布。",
            "其后撤下的稿件不会因回退而重新出现。",
        ],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.ask_rollback(who, number, reason=form.cleaned_data["reason"]),
        to=lambda _: reverse(LIST[1]),
        done="申请已登记，请另一位发布人员确认。",
    )


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person agrees or not."""
    require(access.actor_of(request), rights.RELEASE)
    row: RollbackRequest = queries.request_of(pk)
    back = reverse(LIST[1])
    form = DecideForm(request.POST or None, request=request, row=row)
    page = FormPage(
        f"确认回退到第{row.target.number}号发布",
        "提交意见",
        back,
        _crumbs(),
        facts=[
            parts.Detail("申请人", row.asked_by_name),
            parts.Detail("申请时间", row.asked_at),
            parts.Detail("原因", row.reason, wide=True),
            parts.Detail("那次发布", row.target.cause, wide=True),
            parts.Detail("状态", row.get_status_display()),
        ],
        effects=["同意后立即回退；其后批准的内容暂不发布，直到恢复发布。", "申请人本人不能确认。"],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.decide_rollback(who, pk, version_of(form), **form.cleaned_data),
        to=lambda _: back,
        done="意见已登记。",
    )


def rebake(request: HttpRequest) -> HttpResponse:
    """Make every page anew; it also ends a roll-back."""
    state = queries.release_state()
    effects = ["全部页面按最新批准的内容和模板重新制作、签署、发布，用时可能数分钟。", "没有变化的页面内容不变。"]
    if state.pinned:
        effects.append(f"网站现停在第{state.pinned.number}号发布的内容上，重制后恢复正常发布。")
    return _explained(
        request,
        FormPage("全量重制", "开始重制", reverse(LIST[1]), _crumbs(), effects=effects),
        lambda who, why: actions.ask_bake(who, full=True, reason=why),
        "已安排重制，完成后出现在发布记录中。",
    )


def resume(request: HttpRequest) -> HttpResponse:
    """Leave the roll-back."""
    effects = ["按最新批准的内容重新制作并发布，回退期间批准的内容一并发布。"]
    return _explained(
        request,
        FormPage("恢复发布", "恢复发布", reverse(LIST[1]), _crumbs(), effects=effects),
        lambda who, why: actions.resume(who, reason=why),
        "已恢复，正在制作最新内容。",
    )


def _explained(request: HttpRequest, page: FormPage, act: Any, done: str) -> HttpResponse:
    require(access.actor_of(request), rights.RELEASE)
    form = WhyForm(request.POST or None, request=request)
    return answer_form(
        request, page, form, lambda who: act(who, form.cleaned_data["reason"]), to=lambda _: page.cancel, done=done
    )


# Alarms ----------------------------------------------------------------------------------------


def alarms(request: HttpRequest) -> HttpResponse:
    """Alarms, open ones first."""
    _watch(request)
    closed = request.GET.get("tab") == "closed"
    tabs = [
        parts.Tab("未关闭", "?tab=open", queries.alarms(closed=False).count(), not closed),
        parts.Tab("已关闭", "?tab=closed", current=closed),
    ]
    hidden = () if closed else ("closed_at", "closed_by_name")
    table = laid_out(request, ReleaseAlarmTable(queries.alarms(closed=closed), exclude=hidden))
    return render(request, "inner_portal/release/alarms.html", {"table": table, "tabs": tabs})


def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """One alarm with everything that was found, and its closing."""
    _watch(request)
    row: ReleaseAlarm = queries.alarm(pk)
    may_close = row.closed_at is None and _may_act(request)
    known: dict[str, Any] = {"row": row, "facts": _alarm_facts(row), "may_close": may_close}
    return render(request, "inner_portal/release/alarm.html", known)


def _alarm_facts(row: ReleaseAlarm) -> list[parts.Detail]:
    facts = [
        parts.Detail("情况", row.sentence, wide=True),
        parts.Detail("发现处", row.get_zone_display()),
        parts.Detail("类别", row.get_kind_display()),
        parts.Detail("首次出现", row.since),
        parts.Detail("最近出现", row.until),
        parts.Detail("次数", row.times),
    ]
    if row.closed_at:
        facts += [
            parts.Detail("关闭时间", row.closed_at),
            parts.Detail("关闭人", row.closed_by_name),
            parts.Detail("说明", row.words, wide=True),
        ]
    return facts


def alarm_close(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has dealt with it."""
    require(access.actor_of(request), rights.RELEASE)
    row = queries.alarm(pk)
    back = reverse("releases:alarms")
    form = WhyForm(request.POST or None, request=request, row=row)
    form.fields["reason"].label = "处置情况"
    page = FormPage(
        "关闭告警",
        "关闭告警",
        back,
        _crumbs(("发布告警", back)),
        facts=_alarm_facts(row),
        effects=["原因仍在的，告警会再次出现。"],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.close_alarm(who, pk, version_of(form), words=form.cleaned_data["reason"]),
        to=lambda _: back,
        done="告警已关闭。",
    )
