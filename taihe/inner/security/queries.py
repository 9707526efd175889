"""What the consoles read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast

from taihe.ground import clock
from taihe.ground.audit.chain import entry_hash
from taihe.ground.audit.models import AuditBatch, AuditEntry, AuditSealed
from taihe.ground.errors import Missing
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.inner.people import queries as people
from taihe.inner.people.models import (
    AdminDuty,
    Appointment,
    Officer,
    PasswordReset,
    RoleGrant,
    in_force,
)
from taihe.inner.people.queries import pages

VERIFY = "security.verify_audit"
AUDITOR_POST = "duty:audit"
UNSEALED: dict[str, Any] = {"batch": None, "position": None, "hash": ""}


def waiting() -> int:
    """How many requests of any kind wait for the security administrator (1 query)."""
    roles = RoleGrant.objects.filter(status=RoleGrant.Status.REQUESTED).values_list("pk")
    duties = AdminDuty.objects.filter(status=AdminDuty.Status.REQUESTED).values_list("pk")
    resets = PasswordReset.objects.filter(status=PasswordReset.Status.REQUESTED).values_list("pk")
    return int(roles.union(duties, resets, all=True).count())


# -- accounts -------------------------------------------------------------------------------------


def accounts(*, text: str = "", status: str = "") -> QuerySet[Officer]:
    """Accounts with their present posts, for the list."""
    held = Appointment.objects.filter(in_force(clock.today())).select_related("post__organ")
    found = people.officers(text=text, status=status)
    return found.prefetch_related(Prefetch("appointments", held.order_by("-is_main", "pk"), to_attr="held_now"))


def accounts_by_status() -> dict[str, int]:
    """How many accounts there are of each status."""
    rows = Officer.objects.values_list("status").annotate(count=Count("pk"))
    return dict(rows.values_list("status", "count"))


def duties_of(officer: Officer) -> QuerySet[AdminDuty]:
    """An officer's duties as an administrator, newest first."""
    return AdminDuty.objects.filter(officer=officer).order_by("-pk")


def open_reset_of(officer: Officer) -> PasswordReset | None:
    """The officer's password reset that waits, if any."""
    return PasswordReset.objects.filter(officer=officer, status=PasswordReset.Status.REQUESTED).first()


def find_grant(pk: int) -> RoleGrant:
    """One grant with all that a page shows.  Raises Missing."""
    found = people.grants().filter(pk=pk).first()
    if found is None:
        raise Missing(what="该授权")
    return found


def find_duty(pk: int) -> AdminDuty:
    """One duty.  Raises Missing."""
    found = people.duties().filter(pk=pk).first()
    if found is None:
        raise Missing(what="该管理员任职")
    return found


def find_reset(pk: int) -> PasswordReset:
    """One password reset.  Raises Missing."""
    found = PasswordReset.objects.filter(pk=pk).select_related("officer").first()
    if found is None:
        raise Missing(what="该密码重置申请")
    return found


def grants_by_status() -> dict[str, int]:
    """How many grants there are of each status."""
    return dict(RoleGrant.objects.values_list("status").annotate(count=Count("pk")).values_list("status", "count"))


def holders_of(grant: RoleGrant) -> list[Appointment]:
    """Who has, or would have, the role by this grant."""
    held = Appointment.objects.filter(in_force(clock.today())).select_related("officer", "post__organ")
    held = held.filter(post=grant.post_id) if grant.post_id else held.filter(pk=grant.appointment_id or 0)
    return list(held.order_by("-is_main", "pk"))


def appointment_choices(officer: Officer | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Present appointments of active officers for a picker, grouped by organ (1 query)."""
    held = Appointment.objects.filter(in_force(clock.today()), officer__status=Officer.Status.ACTIVE)
    if officer is not None:
        held = held.filter(officer=officer)
    groups: dict[str, list[tuple[str, str]]] = {}
    rows = held.values_list("pk", "officer__name", "post__title", "post__organ__short_name")
    for pk, name, title, organ in rows.order_by("post__organ__order", "post__organ__code", "post__order", "pk"):
        groups.setdefault(organ, []).append((str(pk), f"{name}（{organ} {title}）"))
    return list(groups.items())


def people_without_duty() -> list[tuple[str, list[tuple[str, str]]]]:
    """Active officers who are no administrators, for a picker (2 queries)."""
    serving = AdminDuty.objects.filter(status=AdminDuty.Status.OPEN)
    taken = {str(pk) for pk in serving.values_list("officer_id", flat=True)}
    return [(organ, [one for one in listed if one[0] not in taken]) for organ, listed in pages.appointable()]


# -- audit ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the auditor looks for; `auditors_only` limits it to the audit administrators' own acts."""

    person: str = ""
    organ: str = ""
    action: str = ""
    subject: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    auditors_only: bool = False

    def words(self) -> dict[str, str]:
        """What was asked, as the export's own record keeps it."""
        return {key: str(value) for key, value in self.__dict__.items() if value}


def _day_begins(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.COUNTY_ZONE)


def entries(asked: Asked) -> QuerySet[AuditEntry]:
    """The entries asked for, newest first by row."""
    found = AuditEntry.objects.order_by("-pk")
    if asked.person:
        found = found.filter(Q(person_name__contains=asked.person) | Q(person_id=asked.person))
    if asked.organ:
        found = found.filter(Q(organ_name__contains=asked.organ) | Q(organ=asked.organ))
    if asked.action:
        found = found.filter(Q(action=asked.action) | Q(action__startswith=f"{asked.action}."))
    if asked.subject:
        found = found.filter(Q(subject_title__contains=asked.subject) | Q(subject_id=asked.subject))
    if asked.outcome:
        found = found.filter(outcome=asked.outcome)
    if asked.since:
        found = found.filter(at__gte=_day_begins(asked.since))
    if asked.until:
        found = found.filter(at__lt=_day_begins(asked.until + timedelta(days=1)))
    if asked.text:
        # SQLite keeps Chinese in JSON as \u escapes, PostgreSQL as it is.
        escaped = json.dumps(asked.text)[1:-1]
        found = found.annotate(said=Cast("detail", TextField()))
        found = found.filter(Q(said__contains=asked.text) | Q(said__contains=escaped))
    if asked.auditors_only:
        found = found.filter(post_id=AUDITOR_POST)
    return found


@dataclass
class AuditPage:
    """One page of entries, by row number and not by counting: a long record stays quick to leaf through."""

    rows: list[AuditEntry]
    older: int | None = None
    newer: int | None = None
    sealed: dict[int, AuditSealed] = field(default_factory=dict)


def audit_page(asked: Asked, *, before: int | None = None, after: int | None = None, size: int = 30) -> AuditPage:
    """Entries older than `before` or newer than `after` (2 queries)."""
    found = entries(asked)
    if after is not None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        page = AuditPage(rows, older=rows[-1].pk if rows else None, newer=rows[0].pk if more else None)
    else:
        if before is not None:
            found = found.filter(pk__lt=before)
        rows = list(found[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        page = AuditPage(
            rows, older=rows[-1].pk if more else None, newer=rows[0].pk if rows and before is not None else None
        )
    page.sealed = sealed_of([one.pk for one in page.rows])
    return page


def sealed_of(pks: list[int]) -> dict[int, AuditSealed]:
    """Where entries stand in the chain."""
    return {one.entry: one for one in AuditSealed.objects.filter(entry__in=pks)}


def find_entry(pk: int) -> AuditEntry:
    """One entry.  Raises Missing."""
    found = AuditEntry.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(what="该审计记录")
    return found


@dataclass(frozen=True)
class Proof:
    """Where one entry stands in the chain and whether it still reads as it was sealed; no place: not yet sealed."""

    place: AuditSealed | None
    batch: AuditBatch | None
    intact: bool


def proof_of(entry: AuditEntry) -> Proof:
    """Compare an entry with the digest it had when it was sealed (2 queries)."""
    place = AuditSealed.objects.filter(entry=entry.pk).first()
    if place is None:
        return Proof(None, None, False)
    batch = AuditBatch.objects.filter(number=place.batch).first()
    return Proof(place, batch, place.hash == entry_hash(entry))


def related(entry: AuditEntry, limit: int = 20) -> list[AuditEntry]:
    """Entries of the same act, of what caused it and of what it caused."""
    near = Q(event=entry.event) | Q(parent=entry.event)
    if entry.parent:
        near |= Q(event=entry.parent)
    return list(AuditEntry.objects.filter(near).exclude(pk=entry.pk).order_by("pk")[:limit])


def export_rows(asked: Asked, limit: int) -> Iterator[dict[str, Any]]:
    """The entries asked for, oldest first, each with its place in the chain; at most the newest `limit`."""
    pks = sorted(entries(asked).values_list("pk", flat=True)[:limit])
    for start in range(0, len(pks), 500):
        part = pks[start : start + 500]
        sealed = sealed_of(part)
        for row in AuditEntry.objects.filter(pk__in=part).order_by("pk").values():
            place = sealed.get(row["id"])
            where = {"batch": place.batch, "position": place.position, "hash": place.hash} if place else UNSEALED
            yield {**row, **where}


@dataclass(frozen=True)
class Chain:
    """The chain as it stands, and the state of its verification."""

    links: int
    sealed: int
    unsealed: int
    last: AuditBatch | None
    running: OutboxMessage | None
    results: list[AuditEntry]


def chain() -> Chain:
    """For the page of verification (5 queries)."""
    last = AuditBatch.objects.order_by("-number").first()
    total = AuditEntry.objects.aggregate(count=Count("pk"), newest=Max("pk"))["count"]
    sealed = AuditSealed.objects.count()
    running = OutboxMessage.objects.filter(kind=VERIFY, status=Status.WAITING).first()
    results = AuditEntry.objects.filter(action="security.note_verification").order_by("-pk")[:10]
    return Chain(last.number if last else 0, sealed, max(total - sealed, 0), last, running, list(results))
