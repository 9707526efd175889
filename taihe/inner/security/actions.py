"""What the audit administrator does leaves a record like everything else: taking the record out, having it verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.verify import Report
from taihe.ground.errors import BadInput
from taihe.ground.files import actions as files
from taihe.ground.files.models import SecretIncident
from taihe.ground.outbox.actions import enqueue
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.inner.people.permissions import require

from .errors import OwnIncident
from .queries import VERIFY

CHAIN = ("audit_chain", "", "审计链")


@action("security.export_audit")
def export_audit(actor: Actor, *, asked: dict[str, str], form: str, rows: int, digest: str, reason: str) -> None:
    """Record that entries were taken out: which were asked for, how many, and the digest of the file.

    The file is made beforehand, outside the transaction.  Raises NotAllowed, BadInput.
    """
    require(actor, "audit.export")
    wanted = " ".join(reason.split())
    if len(wanted) < 4:
        raise BadInput(what="请填写导出用途（不少于4个字）。")
    detail: dict[str, Any] = {"asked": asked, "form": form, "rows": rows, "sha256": digest, "reason": wanted}
    record(("audit_export", digest[:16], f"审计记录 {rows} 条"), detail=detail)


@action("security.request_verification")
def request_verification(actor: Actor) -> None:
    """Have the whole chain verified by the worker; while one waits, a second is not added.  Raises NotAllowed."""
    require(actor, "audit.verify")
    added = enqueue(VERIFY, {"done": 0, "total": 0}, dedupe=VERIFY)
    record(CHAIN, detail={"added": added is not None})


@action("security.close_incident")
def close_incident(actor: Actor, pk: int, *, words: str) -> SecretIncident:
    """Note what was done about a file with a secret mark.

    Raises NotAllowed, Missing, OwnIncident for who brought the file, IncidentClosed, and BadInput.
    """
    require(actor, "incidents.handle")
    incident = files.close_incident(actor, pk, words)
    if (incident.actor_kind, incident.person_id) == (actor.kind, actor.person_id):
        raise OwnIncident()
    record(incident, after={"closed": True}, detail={"sha256": incident.sha256, "words": " ".join(words.split())})
    return incident


def note_progress(done: int, total: int) -> None:
    """Let the page show how far the verification has come, and keep other workers from beginning it too."""
    until = clock.now() + timedelta(minutes=5)
    with unit_of_work("security.progress", Actor.system("审计核验")):
        OutboxMessage.objects.filter(dedupe=VERIFY, status=Status.WAITING).update(
            payload={"done": done, "total": total}, leased_until=until, not_before=until
        )


@action("security.note_verification")
def note_verification(actor: Actor, report: Report) -> None:
    """Record what a verification found."""
    finding = report.finding
    detail = {
        "sound": report.sound,
        "batches": report.batches,
        "entries": report.entries,
        "head": report.head,
        "finding": finding.sentence if finding else "",
    }
    record(CHAIN, detail=detail)
