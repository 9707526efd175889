"""隔离交换: what the operator sees of the passage, and the few things he decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig, Table

from taihe.ground import access, clock
from taihe.ground.actor import Actor
from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.ui import parts

from . import queries
from .forms import ProbeForm, ReasonForm
from .models import Quarantined
from .operating import actions as operating
from .tables import AlarmTable, QuarantineTable, TroubleTable, letter_words
from .titles import LANE_TITLES, ZONE_TITLES, epoch_title
from .watch.actions import close_alarm, send_probe

SEE = ("gate.view", "查看隔离交换状态")
ACT = ("gate.operate", "处置隔离交换")
PER_PAGE = 20
R = TypeVar("R")


def _laid_out(request: HttpRequest, table: Table) -> Table:
    RequestConfig(request, paginate={"per_page": PER_PAGE, "paginator_class": Paginator}).configure(table)
    return table


# -- looking --------------------------------------------------------------------------------------


def overview(request: HttpRequest) -> HttpResponse:
    """The passage at a glance: lanes both ways, alarms, what waits, the other zone."""
    access.require(request, *SEE)
    status = queries.gate_status()
    # the menu wears the same number
    request._gate_alarms = len(status["alarms"])  # type: ignore[attr-defined]
    for lane in (*status["out"], *status["in"]):
        lane["title"], lane["epoch_title"] = LANE_TITLES[lane["lane"]], epoch_title(lane["epoch"])
    known = {
        "status": status,
        "zone": ZONE_TITLES[status["zone"]],
        "peer_zone": ZONE_TITLES[status["peer_zone"]],
        "totals": _totals(status),
        "probes": queries.recent_probes(),
        "form": ProbeForm(request=request),
        "may_act": access.may(request, ACT[0]),
    }
    return render(request, "gate/overview.html", known)


def _totals(status: dict[str, Any]) -> list[dict[str, Any]]:
    counts = status["counts"]
    return [
        {"title": "待确认", "number": counts["waiting"], "tone": "info" if counts["waiting"] else "plain"},
        {"title": "隔离未处置", "number": counts["quarantined"], "tone": "danger" if counts["quarantined"] else "ok"},
        {"title": "搁置任务", "number": counts["shelved"], "tone": "warn" if counts["shelved"] else "ok"},
        {"title": "无法重发", "number": counts["gone"], "tone": "warn" if counts["gone"] else "plain"},
    ]


def _tabs(request: HttpRequest, titles: dict[str, str], counts: dict[str, int]) -> tuple[str, list[parts.Tab]]:
    """The chosen tab by parameter ``tab``, the first one by default."""
    asked = request.GET.get("tab", "")
    chosen = asked if asked in titles else next(iter(titles))
    return chosen, [parts.Tab(title, f"?tab={key}", counts.get(key), key == chosen) for key, title in titles.items()]


def stopped_list(request: HttpRequest) -> HttpResponse:
    """What was stopped: open records first."""
    access.require(request, *SEE)
    open_rows: QuerySet[Quarantined] = queries.open_quarantine()
    chosen, tabs = _tabs(request, {"open": "未处置", "closed": "已处置"}, {"open": open_rows.count()})
    rows = open_rows if chosen == "open" else queries.closed_quarantine()
    table = _laid_out(request, QuarantineTable(rows, exclude=("closed_at",) if chosen == "open" else ()))
    return render(request, "gate/stopped_list.html", {"table": table, "tabs": tabs})


def alarms(request: HttpRequest) -> HttpResponse:
    """Every alarm, open ones first."""
    access.require(request, *SEE)
    open_rows = queries.alarms(closed=False)
    chosen, tabs = _tabs(request, {"open": "未关闭", "closed": "已关闭"}, {"open": open_rows.count()})
    hidden = ("closed_at", "closed_by", "reason") if chosen == "open" else ("last_at",)
    rows = open_rows if chosen == "open" else queries.alarms(closed=True)
    table = AlarmTable(rows, exclude=hidden, may_close=access.may(request, ACT[0]))
    return render(request, "gate/alarms.html", {"table": _laid_out(request, table), "tabs": tabs})


def trouble(request: HttpRequest) -> HttpResponse:
    """Letters the other zone refused, or lost and cannot be sent again."""
    access.require(request, *SEE)
    table = _laid_out(request, TroubleTable(queries.troubled_letters()))
    return render(request, "gate/trouble.html", {"table": table})


def stopped(request: HttpRequest, pk: int) -> HttpResponse:
    """One record of something stopped, and what may be done about it."""
    access.require(request, *SEE)
    row = queries.quarantined(pk)
    known = {
        "row": row,
        "facts": _stopped_facts(row),
        "may_act": access.may(request, ACT[0]) and row.closed_at is None,
        "releasable": row.code in operating.RELEASABLE and row.consumed,
    }
    return render(request, "gate/stopped.html", known)


def _stopped_facts(row: Quarantined) -> list[parts.Detail]:
    facts = [
        parts.Detail("原因", row.sentence, wide=True),
        parts.Detail("信件", letter_words(row.kind, row.lane, row.sequence)),
        parts.Detail("代码", row.code),
        parts.Detail("首次出现", row.at),
        parts.Detail("最近出现", row.last_at),
        parts.Detail("次数", row.times),
        parts.Detail("占用序号", "是" if row.consumed else "否"),
        parts.Detail("文件名", row.file, wide=True),
        parts.Detail("摘要", row.digest, wide=True),
    ]
    if row.closed_at:
        facts += [
            parts.Detail("处置", "放行" if row.released else "关闭"),
            parts.Detail("处置时间", row.closed_at),
            parts.Detail("处置人", row.closed_by),
            parts.Detail("处置原因", row.reason, wide=True),
        ]
    return facts


# -- deciding -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """A page that asks for a reason before something that cannot simply be undone."""

    title: str
    button: str
    back: str
    back_title: str
    effects: Sequence[str]
    facts: Sequence[parts.Detail] = ()
    danger: bool = False


def _decide(
    request: HttpRequest, page: Decision, act: Callable[[Actor, str], R], *, to: Callable[[R], str], done: str
) -> HttpResponse:
    access.require(request, *ACT)
    form: SafeFormMixin = ReasonForm(request.POST or None, request=request)
    answer = submit_once(request, form, lambda actor: act(actor, form.cleaned_data["reason"]), to=to, done=done)
    return answer or render(request, "gate/decide.html", {"page": page, "form": form})


def stopped_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a record; its file is thrown away."""
    access.require(request, *ACT)
    row, here = queries.quarantined(pk), reverse("gate:stopped", args=[pk])
    page = Decision(
        "关闭隔离记录",
        "关闭",
        here,
        "隔离记录",
        ["被隔离的文件随即清除，记录保留。", "需要这封信的，请对方区操作员重新办理并发出。"],
        _stopped_facts(row),
    )
    return _decide(
        request,
        page,
        lambda actor, why: operating.close_quarantined(actor, pk, why),
        to=lambda _: here,
        done="已关闭。",
    )


def stopped_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stopped letter in after all."""
    access.require(request, *ACT)
    row, here = queries.quarantined(pk), reverse("gate:stopped", args=[pk])
    page = Decision(
        "放行被隔离的信",
        "放行",
        here,
        "隔离记录",
        ["这封信将照常办理，附件一并接收。", "请先向对方区核实内容，并确认附件来源可靠。"],
        _stopped_facts(row),
        danger=True,
    )
    return _decide(
        request,
        page,
        lambda actor, why: operating.release_quarantined(actor, pk, why),
        to=lambda _: here,
        done="已放行，正在办理。",
    )


def alarm_close(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has dealt with an alarm."""
    access.require(request, *ACT)
    row, back = queries.alarm(pk), reverse("gate:alarms")
    facts = [
        parts.Detail("告警", row.sentence, wide=True),
        parts.Detail("首次出现", row.raised_at),
        parts.Detail("最近出现", row.last_at),
    ]
    page = Decision("关闭告警", "关闭告警", back, "交换告警", ["原因仍在的，告警会再次出现。"], facts)
    return _decide(
        request, page, lambda actor, why: close_alarm(actor, pk, why), to=lambda _: back, done="告警已关闭。"
    )


def resync(request: HttpRequest) -> HttpResponse:
    """Begin a new epoch, said plainly what it does."""
    access.require(request, *ACT)
    back = reverse("gate:overview")
    facts = [
        parts.Detail(f"{LANE_TITLES[one['lane']]}通道", f"已发到第{one['sequence']}号，待确认 {one['waiting']} 封")
        for one in queries.lanes_out()
    ]
    page = Decision(
        "提升世代",
        "提升世代",
        back,
        "隔离交换",
        [
            "只在某一区恢复过备份、或缺号无法补齐时使用。",
            "本区发出的各通道从第 1 号重新开始，未确认的信按原顺序重新封装后再发，不会丢失，也不会重复办理。",
            "含个人信息的信在对方确认后已立即清除，对方区因恢复备份遗失的，不能重发，须由原办理单位重新办理。",
        ],
        facts,
        danger=True,
    )
    return _decide(
        request,
        page,
        operating.resync,
        to=lambda _: back,
        done="已进入新世代，未确认的信正在重新发出。",
    )


@require_POST
def probe(request: HttpRequest) -> HttpResponse:
    """Send a probe; its answer appears on the overview."""
    access.require(request, *ACT)
    back = reverse("gate:overview")
    form = ProbeForm(request.POST, request=request, page=back)
    number = int(clock.now().timestamp())
    answer = submit_once(
        request,
        form,
        lambda actor: send_probe(actor, number),
        to=lambda _: back,
        done="测试信已发出，应答到达后显示往返用时，请稍候刷新。",
    )
    return answer or overview(request)
