"""The readers: attachments of a record, what a person brought in today, and whether the counts are right."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum

from taihe.ground import clock
from taihe.ground.action import snapshot
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.digests import digest
from taihe.ground.errors import Missing
from taihe.ground.rules import rule

from .errors import FileTooMany
from .models import Attachment, Blob, SecretIncident
from .owners import Owner, keeper_of
from .store import MB, Store


def zone_store() -> Store:
    """The zone's file store."""
    return Store(Path(settings.TAIHE_FOLDER) / "files")


def grace() -> timedelta:
    """How long a content nobody wants is kept."""
    return timedelta(hours=rule("files.grace_hours"))


def attachments_of(owner: Owner, purpose: str = "") -> QuerySet[Attachment]:
    """The files of a record, oldest first; whoever lists them answers for who sees the list."""
    rows = Attachment.objects.filter(owner_type=owner.type, owner_id=owner.id, removed_at__isnull=True)
    return rows.filter(purpose=purpose) if purpose else rows


def may_open(actor: Actor, key: str) -> Attachment:
    """The attachment, if its module lets the actor open it.

    Raises Missing alike for what is not there, was removed, or is not the actor's to see.
    """
    row = Attachment.objects.filter(key=key, removed_at__isnull=True).first()
    keeper = keeper_of(row.owner_type) if row else None
    if row is None or keeper is None or not keeper.may_open(actor, row):
        raise Missing(what="这个附件")
    return row


def leaves_trace(key: str) -> bool:
    """Whether opening this attachment is to be recorded; yes also for what is not there."""
    owner_type = Attachment.objects.filter(key=key).values_list("owner_type", flat=True).first()
    keeper = keeper_of(owner_type) if owner_type else None
    return keeper is None or keeper.audited


def require_room_today(actor: Actor, size: int) -> None:
    """Raises FileTooMany when `size` more bytes pass what one person may bring in on one county day.

    The system itself (letters, rendered papers) has no such limit.
    """
    if actor.kind == "system":
        return
    midnight = datetime.combine(clock.today(), time(), clock.COUNTY_ZONE)
    brought = Attachment.objects.filter(actor_kind=actor.kind, person_id=actor.person_id, at__gte=midnight)
    today = brought.aggregate(count=Count("pk"), size=Sum("size"))
    count, mb = rule("files.person_day_count"), rule("files.person_day_mb")
    if today["count"] >= count or (today["size"] or 0) + size > mb * MB:
        raise FileTooMany(count=count, mb=mb)


def idle_blobs() -> QuerySet[Blob]:
    """Contents nobody has wanted for longer than the grace."""
    return Blob.objects.filter(refs=0, idle_since__lt=clock.now() - grace()).order_by("pk")


def unknown_of(digests: list[str]) -> list[str]:
    """Of these digests, those the tables do not know."""
    known = set(Blob.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    return [one for one in digests if one not in known]


def miscounted() -> QuerySet[Blob]:
    """Contents whose count is not the number of their attachments; always empty."""
    live = Count("attachments", filter=Q(attachments__removed_at__isnull=True))
    return Blob.objects.annotate(live=live).exclude(refs=F("live")).order_by("pk")


def incidents(*, closed: bool | None = None) -> QuerySet[SecretIncident]:
    """Files with secret marks that were refused, newest first; all, or only those dealt with or not."""
    found = SecretIncident.objects.select_related("closing").order_by("-pk")
    return found if closed is None else found.filter(closing__isnull=not closed)


def find_incident(pk: int) -> SecretIncident:
    """One incident with what was done about it.  Raises Missing."""
    found = incidents().filter(pk=pk).first()
    if found is None:
        raise Missing(what="该涉密标志事件")
    return found


def is_intact(incident: SecretIncident) -> bool:
    """Whether an incident still reads as it was recorded in the audit."""
    told = AuditEntry.objects.filter(event=incident.event, action="files.secret_mark", outcome="done").first()
    return told is not None and told.after == digest(snapshot(incident))
