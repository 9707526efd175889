"""The only writers of the books.  Taking a number locks its register, so numbers follow without a gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.ground.killpoints import killpoint
from taihe.ground.rules import rule

from .errors import AlreadyNumbered, BackdateRefused, RegisterClosed, ReservationOver, WrongState
from .models import CONTINUOUS, Entry, Register, Volume
from .numbering import DOCUMENT, check_format
from .states import HELD, MOVES, Status


class Subject(NamedTuple):
    """What a number is given to: type and id for programs, title for people."""

    type: str
    id: str
    title: str


@action("registers.open")
def open_register(
    actor: Actor, key: str, *, title: str, series: str, format: str = DOCUMENT, yearly: bool = True
) -> Register:
    """Start a register.  Raises BadInput for an unfit format, a key in use, or numbers another register writes."""
    check_format(format, yearly=yearly)
    if Register.objects.filter(key=key).exists():
        raise BadInput(what=f"登记簿“{key}”已经存在。")
    if Register.objects.filter(series=series, format=format).exists():
        raise BadInput(what=f"代字“{series}”已有同样格式的登记簿，编号会重复。")
    row = Register(key=key, title=title.strip()[:80], series=series.strip(), format=format, yearly=yearly)
    row.save()
    record(row, after=snapshot(row), detail={"key": key, "series": series, "format": format})
    return row


@action("registers.close")
def close_register(actor: Actor, key: str) -> Register:
    """Take no new numbers in a register; those in it go on their way."""
    row = _held(key)
    before = snapshot(row)
    row.active = False
    row.save(update_fields=["active"])
    record(row, before=before, after=snapshot(row))
    return row


@action("registers.reserve")
def reserve(actor: Actor, key: str, *, purpose: str, until: date | None = None) -> Entry:
    """Keep the next number of this year for a purpose, until a day (included) or for as long as the rule allows.

    Raises BadInput without a purpose, or for a day before today or past the longest time; a yearly
    register's numbers are never kept into the next year.
    """
    if not purpose.strip():
        raise BadInput(what="请写明预留编号的用途。")
    register, today = _open(key), clock.today()
    last = today + timedelta(days=rule("registers.reserve_days"))
    if register.yearly:
        last = min(last, date(today.year, 12, 31))
    if until and not today <= until <= last:
        raise BadInput(what=f"预留期限应在{today:%Y-%m-%d}至{last:%Y-%m-%d}之间。")
    entry = _take(register, today.year if register.yearly else CONTINUOUS, Status.RESERVED)
    entry.purpose, entry.expires_on = purpose.strip()[:200], until or last
    entry.reserved_by, entry.reserved_at = _who(actor), clock.now()
    entry.save()
    record(entry, after=snapshot(entry), detail={"purpose": entry.purpose})
    return entry


@action("registers.allocate")
def allocate(
    actor: Actor, key: str, subject: Subject, *, year: int | None = None, may_backdate: bool = False, reason: str = ""
) -> Entry:
    """Give the next number to a subject, in the year of the county's date.

    A number of last year is given only when the caller knows that the actor holds the permission
    「补编上年编号」 (`may_backdate`) and for a reason that is kept.  Raises BackdateRefused,
    AlreadyNumbered, RegisterClosed or Missing.
    """
    register = _open(key)
    volume, backdated = _volume_year(register, year, may_backdate, reason)
    _require_unnumbered(register, subject)
    entry = _take(register, volume, Status.ALLOCATED)
    entry.backdated = backdated
    _bind(entry, actor, subject)
    entry.save()
    record(entry, after=snapshot(entry), detail={"subject": list(subject), "backdated": backdated})
    return entry


@action("registers.allocate_reserved")
def allocate_reserved(actor: Actor, entry_id: int, subject: Subject) -> Entry:
    """Give a reserved number to a subject.  Raises ReservationOver, AlreadyNumbered or WrongState."""
    entry = _moving(entry_id, Status.ALLOCATED)
    if entry.expires_on and entry.expires_on < clock.today():
        raise ReservationOver(text=entry.text, day=f"{entry.expires_on:%Y-%m-%d}")
    _require_unnumbered(entry.register, subject)
    before = snapshot(entry)
    _bind(entry, actor, subject)
    entry.save()
    record(entry, before=before, after=snapshot(entry), detail={"subject": list(subject)})
    return entry


@action("registers.issue")
def issue(actor: Actor, entry_id: int, *, dated: date) -> Entry:
    """Mark a number as sent out with its paper; `dated` is the date the paper bears (成文日期)."""
    entry = _moving(entry_id, Status.ISSUED)
    before = snapshot(entry)
    entry.status, entry.dated = Status.ISSUED, dated
    entry.issued_by, entry.issued_at = _who(actor), clock.now()
    entry.save()
    record(entry, before=before, after=snapshot(entry), detail={"dated": dated.isoformat()})
    return entry


@action("registers.void")
def void(actor: Actor, entry_id: int, *, reason: str) -> Entry:
    """Give a number up for good; it is not used again.  Raises BadInput without a reason, WrongState once issued."""
    why = _reason(reason)
    if not why:
        raise BadInput(what=f"请写明作废原因（不少于{rule('registers.reason_length')}个字）。")
    entry = _moving(entry_id, Status.VOID)
    before = snapshot(entry)
    entry.status, entry.reason = Status.VOID, why
    entry.voided_by, entry.voided_at = _who(actor), clock.now()
    entry.save()
    record(entry, before=before, after=snapshot(entry), detail={"reason": why})
    return entry


def _who(actor: Actor) -> str:
    return " ".join(filter(None, (str(actor), actor.organ_name, actor.post_name)))[:200]


def _reason(text: str) -> str:
    """The reason if it says something, else nothing."""
    return text.strip()[:200] if len(text.strip()) >= rule("registers.reason_length") else ""


def _held(key: str) -> Register:
    """The register under lock: whoever wants a number of it waits here."""
    row = Register.objects.select_for_update(of=("self",)).filter(key=key).first()
    if row is None:
        raise Missing(what=f"登记簿“{key}”")
    return row


def _open(key: str) -> Register:
    row = _held(key)
    if not row.active:
        raise RegisterClosed(title=row.title)
    return row


def _take(register: Register, year: int, status: Status) -> Entry:
    """The next number of a volume as an unsaved row; the register is locked."""
    volume, _ = Volume.objects.get_or_create(register=register, year=year)
    killpoint("registers.number_read")
    volume.last += 1
    volume.save(update_fields=["last"])
    text = register.written(year, volume.last)
    return Entry(register=register, year=year, number=volume.last, text=text, status=status)


def _volume_year(register: Register, year: int | None, may_backdate: bool, reason: str) -> tuple[int, str]:
    """Which volume to number in, and the reason when it is last year's."""
    if not register.yearly:
        return CONTINUOUS, ""
    this_year = clock.today().year
    if year in (None, this_year):
        return this_year, ""
    why, kept = "", _reason(reason)
    if year != this_year - 1:
        why = "只能补编上一年的编号"
    elif not may_backdate:
        why = "当前岗位没有“补编上年编号”的权限"
    elif not kept:
        why = "没有写明原因"
    if why:
        raise BackdateRefused(this_year=this_year, year=year, why=why)
    return this_year - 1, kept


def _moving(entry_id: int, wanted: Status) -> Entry:
    """The entry under lock, if it may become `wanted`."""
    key = Entry.objects.filter(pk=entry_id).values_list("register__key", flat=True).first()
    if key is None:
        raise Missing(what="这个编号")
    _held(key)  # one lock, taken first by every writer: no two of them wait for each other
    entry = Entry.objects.select_related("register").get(pk=entry_id)
    if wanted not in MOVES[entry.status]:
        raise WrongState(text=entry.text, now=Status(entry.status).label, wanted=wanted.label)
    return entry


def _require_unnumbered(register: Register, subject: Subject) -> None:
    held = Entry.objects.filter(
        register=register, subject_type=subject.type, subject_id=subject.id, status__in=HELD
    ).first()
    if held:
        raise AlreadyNumbered(title=subject.title, text=held.text)


def _bind(entry: Entry, actor: Actor, subject: Subject) -> None:
    entry.status = Status.ALLOCATED
    entry.subject_type, entry.subject_id, entry.subject_title = subject.type, subject.id, subject.title[:255]
    entry.allocated_by, entry.allocated_at = _who(actor), clock.now()
