"""The only writers of alarms, heartbeats kept, and probes."""

from __future__ import annotations

from datetime import datetime

from taihe.ground import clock
from taihe.ground.action import action, current_frame, record
from taihe.ground.actor import Actor
from taihe.ground.audit.queries import chain_head, head_of
from taihe.ground.errors import Missing
from taihe.ground.outbox.actions import enqueue

from ..letters.gate import Heartbeat, Probe
from ..models import Alarm, PeerHead, PeerState, ProbeRun
from ..posting import post
from ..queries import newest_peer_head
from ..reasons import require_reason


def raise_alarm(kind: Alarm.Kind, subject: str, sentence: str) -> None:
    """Open an alarm, or count it again on the open one; a new one tells the other zone at once."""
    current_frame()
    now = clock.now()
    row, made = Alarm.objects.get_or_create(
        kind=kind,
        subject=subject[:80],
        closed_at=None,
        defaults={"sentence": sentence[:400], "raised_at": now, "last_at": now},
    )
    if made:
        enqueue("gate.tell", dedupe="gate.tell", priority=0)
    else:
        row.sentence, row.last_at, row.times = sentence[:400], now, row.times + 1
        row.save(update_fields=["sentence", "last_at", "times"])


def clear_alarm(kind: Alarm.Kind, subject: str) -> None:
    """The cause of an alarm is gone."""
    current_frame()
    Alarm.objects.filter(kind=kind, subject=subject[:80], closed_at=None).update(
        closed_at=clock.now(), closed_by="系统", reason="情况已恢复正常"
    )


@action("gate.close_alarm")
def close_alarm(actor: Actor, pk: int, reason: str) -> Alarm:
    """A person has dealt with an alarm.  Raises NeedsReason, Missing."""
    why = require_reason(reason)
    row = Alarm.objects.select_for_update().filter(pk=pk, closed_at=None).first()
    if row is None:
        raise Missing(what="这条未处理的告警")
    row.closed_at, row.closed_by, row.reason = clock.now(), str(actor)[:120], why
    row.save(update_fields=["closed_at", "closed_by", "reason"])
    record(row, detail={"kind": row.kind, "subject": row.subject, "reason": row.reason})
    return row


def note_heartbeat(letter: Heartbeat) -> None:
    """Keep the other zone's state, and hold both audit chains against what was kept of them."""
    current_frame()
    PeerState.objects.update_or_create(
        pk=1, defaults={"heard_at": clock.now(), "sent_at": letter.at, "status": letter.model_dump(mode="json")}
    )
    clear_alarm(Alarm.Kind.SILENT, "")
    _keep_peer_head(letter)
    _check_own_chain(letter)


def _keep_peer_head(letter: Heartbeat) -> None:
    """The other zone's chain may only grow, and never tell another head for a link it told before."""
    newest, told = newest_peer_head(), letter.audit_number
    if told < newest["number"]:
        raise_alarm(
            Alarm.Kind.AUDIT,
            "peer",
            f"对方区审计链退回到第 {told} 批（本区留有第 {newest['number']} 批）：审计链被截断或恢复过备份。",
        )
    elif told:
        row, _ = PeerHead.objects.get_or_create(number=told, defaults={"head": letter.audit_head, "at": clock.now()})
        if row.head != letter.audit_head:
            raise_alarm(Alarm.Kind.AUDIT, "peer", f"对方区审计链第 {row.number} 批与本区留存的链头不同：审计链被替换。")


def _check_own_chain(letter: Heartbeat) -> None:
    """The other zone keeps our heads: a link it has and we do not, or have otherwise, is an incident."""
    number = letter.peer_audit_number
    if not number:
        return
    own = head_of(number)
    if own is None:
        last = chain_head()["number"]
        raise_alarm(
            Alarm.Kind.AUDIT, "own", f"本区审计链止于第 {last} 批，对方区留有第 {number} 批：审计链被截断或恢复过备份。"
        )
    elif own != letter.peer_audit_head:
        raise_alarm(Alarm.Kind.AUDIT, "own", f"本区审计链第 {number} 批与对方区留存的链头不同：审计链被替换。")


@action("gate.probe")
def send_probe(actor: Actor, number: int, text: str = "通路测试") -> ProbeRun:
    """Send a probe across; its answer shows the time a crossing takes both ways."""
    row = ProbeRun.objects.create(outgoing=True, number=number, lane=Probe.LANE, at=clock.now())
    post(Probe(number=number, text=text))
    record(row)
    return row


def note_probe(number: int, lane: str) -> None:
    """A probe of the other zone has arrived."""
    current_frame()
    ProbeRun.objects.create(outgoing=False, number=number, lane=lane, at=clock.now())


def note_answer(number: int, arrived_at: datetime) -> None:
    """The other zone has answered a probe of ours."""
    current_frame()
    ProbeRun.objects.filter(outgoing=True, number=number, answered_at=None).update(
        answered_at=clock.now(), arrived_at=arrived_at
    )
