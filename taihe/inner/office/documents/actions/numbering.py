"""发文字号: taken at 登记 from the series' register, kept on the document, void when it is given up.

《党政机关公文处理工作条例》第二十五条第二项: the number is fixed when a rechecked document is registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing, NotAllowed
from taihe.ground.registers import actions as registers
from taihe.ground.registers.actions import Subject
from taihe.ground.registers.models import Entry
from taihe.ground.registers.states import Status
from taihe.inner.people.permissions import may, permission_title

from ..errors_flow import NoNumber
from ..models import Document, Series
from ..rights import NUMBERS

SUBJECT = "documents.document"
NEXT = "next"
RESERVED = "entry:"


@action("documents.number")
def number(actor: Actor, document: Document, given: Mapping[str, Any]) -> Document:
    """Give the held document its number (not saved); one it has already stays.

    `given`: `number` is "next" or "entry:<id>" of a reservation; `year` and `reason` answer a number's year that
    is not the date's (T07).  Raises BadInput, BackdateRefused, ReservationOver, RegisterClosed.
    """
    before = {"number": document.number, "entry": document.entry_id}
    if document.entry_id is None:
        entry = _take(actor, document, given)
        document.entry_id, document.number = entry.pk, entry.text
    elif not document.number or document.dated is None:
        raise NoNumber(title=document.title)
    after = {"number": document.number, "entry": document.entry_id}
    record(document, before=before, after=after, detail={**after, "reason": str(given.get("reason") or "")})
    return document


def _take(actor: Actor, document: Document, given: Mapping[str, Any]) -> Entry:
    subject = Subject(SUBJECT, str(document.pk), document.title)
    chosen = str(given.get("number") or NEXT)
    if chosen.startswith(RESERVED):
        kept = _reserved(document.series, chosen.removeprefix(RESERVED))
        return registers.allocate_reserved(actor, kept.pk, subject)
    year = _year(document, given)
    backdate = keeps(actor, document.series)
    reason = str(given.get("reason") or "")
    return registers.allocate(actor, document.series.key, subject, year=year, may_backdate=backdate, reason=reason)


def _reserved(series: Series, pk: str) -> Entry:
    """A reservation of the document's own series: another's number is not given."""
    rows = Entry.objects.filter(register__key=series.key, status=Status.RESERVED)
    found = rows.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() else None
    if found is None:
        raise Missing(what="所选的预留编号")
    return found


def _year(document: Document, given: Mapping[str, Any]) -> int:
    """The number's year; where the date is of another year somebody must have chosen, with a reason."""
    this_year = clock.today().year
    if document.dated is None:
        raise NoNumber(title=document.title)
    if document.dated.year == this_year:
        return this_year
    asked, reason = str(given.get("year") or ""), str(given.get("reason") or "").strip()
    years = {str(this_year): this_year, str(document.dated.year): document.dated.year}
    if asked not in years or not reason:
        raise BadInput(what=f"成文日期在{document.dated.year}年，现在是{this_year}年：请选择编哪一年的号，并写明原因。")
    return years[asked]


@action("documents.issue_number")
def issue(actor: Actor, document: Document, dated: date) -> Entry:
    """At distribution: the number is out with its paper, which bears the date `dated`.  Raises NoNumber, WrongState."""
    if document.entry_id is None:
        raise NoNumber(title=document.title)
    entry = registers.issue(actor, document.entry_id, dated=dated)
    record(document, detail={"entry": entry.pk, "number": entry.text, "dated": dated.isoformat()})
    return entry


def give_up(actor: Actor, document: Document, reason: str) -> None:
    """Inside an action that ends the document: its number is void and not used again (T06)."""
    if document.entry_id is None:
        return
    why = f"撤销办理：{reason.strip()}"
    entry = Entry.objects.filter(pk=document.entry_id, status=Status.ALLOCATED).first()
    if entry is not None:
        registers.void(actor, entry.pk, reason=why[:200])


@action("documents.reserve_number")
def reserve(actor: Actor, series_pk: int, *, purpose: str, until: date | None = None) -> Entry:
    """Keep the series' next number for a purpose (预留).  Raises NotAllowed, BadInput, RegisterClosed."""
    series = _series(actor, series_pk)
    entry = registers.reserve(actor, series.key, purpose=purpose, until=until)
    record(series, after=snapshot(entry), detail={"entry": entry.pk, "number": entry.text, "purpose": entry.purpose})
    return entry


@action("documents.void_number")
def void(actor: Actor, entry_pk: int, *, reason: str, approved_by: str) -> Entry:
    """Make a reserved number void with reason and approver; a document's number goes with 撤销办理 only.

    Raises NotAllowed, BadInput, WrongState, Missing.
    """
    row = Entry.objects.filter(pk=entry_pk).values("register__key", "status").first()
    series = Series.objects.select_related("organ", "office").filter(key=row["register__key"]).first() if row else None
    if row is None or series is None:
        raise Missing(what="这个编号")
    require_keeper(actor, series)
    if row["status"] == Status.ALLOCATED:
        raise BadInput(what="这个编号已给公文使用。需要作废的，请撤销办理该公文，编号随之作废。")
    if not approved_by.strip():
        raise BadInput(what="请填写批准人。")
    entry = registers.void(actor, entry_pk, reason=f"{reason.strip()}（批准人：{approved_by.strip()}）")
    record(series, after=snapshot(entry), detail={"entry": entry.pk, "number": entry.text, "reason": entry.reason})
    return entry


def _series(actor: Actor, pk: int) -> Series:
    series = Series.objects.select_related("organ", "office").filter(pk=pk).first()
    if series is None:
        raise Missing(what="该发文代字")
    require_keeper(actor, series)
    return series


def keeps(actor: Actor, series: Series) -> bool:
    """Whether the actor keeps the register: 管理发文登记簿 over the issuing organ or over the office that keeps it."""
    return may(actor, NUMBERS, series.organ) or may(actor, NUMBERS, series.office)


def require_keeper(actor: Actor, series: Series) -> None:
    """Raise NotAllowed unless `keeps`."""
    if not keeps(actor, series):
        raise NotAllowed(what=permission_title(NUMBERS))
