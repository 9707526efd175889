"""The register of issued documents (发文登记簿): what the next number will be, and every number with its document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.db.models import BooleanField, Case, QuerySet, When

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.registers.models import Entry, Register, Volume
from taihe.ground.registers.queries import Review, entries
from taihe.ground.registers.states import Status
from taihe.inner.people.permissions import scopes_of, within

from ..access import readable
from ..actions.numbering import NEXT, RESERVED, keeps
from ..models import Addressee, Document, Series
from ..rights import NUMBERS, READ


@dataclass(frozen=True)
class Offer:
    """What the clerk may choose from at 登记; `years` only when the date is of another year."""

    choices: list[tuple[str, str]]
    years: tuple[int, ...] = ()
    help: str = ""


def offered(document: Document) -> Offer:
    """The expected next number and the series' open reservations; the number itself when it has one (3 queries)."""
    if document.entry_id is not None:
        return Offer([("keep", f"沿用 {document.number}")], help="本件已经编号，重新签发后沿用原号。")
    register = Register.objects.filter(key=document.series.key).first()
    if register is None:
        return Offer([(NEXT, "按顺序编号")], help="该发文代字还没有登记簿，请联系系统管理员。")
    today = clock.today()
    last = Volume.objects.filter(register=register, year=today.year).values_list("last", flat=True).first() or 0
    choices = [(NEXT, f"{register.written(today.year, last + 1)}（预计）")]
    kept = Entry.objects.filter(register=register, status=Status.RESERVED, expires_on__gte=today).order_by("number")
    choices += [
        (f"{RESERVED}{one.pk}", f"{one.text}（预留：{one.purpose}，至{one.expires_on:%m月%d日}）") for one in kept
    ]
    years = (today.year, document.dated.year) if document.dated and document.dated.year != today.year else ()
    return Offer(choices, years, "预计的号以登记时为准：同时登记的，按先后顺延。")


def series_for(actor: Actor) -> QuerySet[Series]:
    """Series whose register the actor may see: who keeps it, and 查看 over the issuing organ."""
    keeps, reads = scopes_of(actor, NUMBERS), scopes_of(actor, READ)
    seen = within((*keeps, *reads), "organ__") | within(keeps, "office__")
    return Series.objects.select_related("organ", "office").filter(seen).order_by("organ__order", "code")


def one_series(actor: Actor, pk: int) -> Series:
    """One of them.  Raises Missing."""
    found = series_for(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(what="该发文登记簿")
    return found


def manages(actor: Actor, series: Series) -> bool:
    """Whether the actor may reserve and void in it."""
    return keeps(actor, series)


@dataclass
class Line:
    """One number of the register with what it was given to."""

    pk: int
    text: str
    number: int
    status: str
    status_title: str
    title: str
    genre: str = ""
    signer: str = ""
    signed_on: date | None = None
    mains: str = ""
    copies: str = ""
    drafted_in: str = ""
    operator: str = ""
    at: object = None
    remark: str = ""
    document: int | None = None
    marks: list[str] = field(default_factory=list)


def years_of(series: Series) -> dict[int, int]:
    """Years in which the series has numbers, newest first, this year always, each with its last number (1 query)."""
    found = dict(Volume.objects.filter(register__key=series.key).values_list("year", "last"))
    found.setdefault(clock.today().year, 0)
    return dict(sorted(found.items(), reverse=True))


def rows(series: Series, year: int) -> list[Entry]:
    """The numbers of one year in order (1 query): a register is looked through as a whole."""
    return list(entries(series.key, year))


def narrowed(found: list[Entry], *, words: str = "", status: str = "") -> list[Entry]:
    """Newest first; `words` look in number, title and purpose."""
    wanted = words.casefold()
    return [
        one
        for one in reversed(found)
        if status in ("", one.status) and wanted in f"{one.text} {one.subject_title} {one.purpose}".casefold()
    ]


def lines(actor: Actor, found: Iterable[Entry], *, names_too: bool = False) -> list[Line]:
    """Entries with their documents (2 queries, whatever their number); `names_too` with 主送 and 抄送 (1 more)."""
    kept = list(found)
    ids = [int(one.subject_id) for one in kept if one.subject_type == "documents.document" and one.subject_id.isdigit()]
    documents: dict[int, Document] = {}
    open_to: set[int] = set()
    if ids:
        opens = Case(When(readable(actor), then=True), default=False, output_field=BooleanField())
        for one in Document.objects.filter(pk__in=ids).annotate(opens=opens):
            documents[one.pk] = one
            if one.opens:
                open_to.add(one.pk)
    names: dict[tuple[int, str], list[str]] = {}
    for row in Addressee.objects.filter(document__in=ids).order_by("order") if names_too else ():
        names.setdefault((row.document_id, row.role), []).append(row.text)
    return [_line(one, documents, open_to, names) for one in kept]


def _line(
    entry: Entry, documents: dict[int, Document], open_to: set[int], names: dict[tuple[int, str], list[str]]
) -> Line:
    document = documents.get(int(entry.subject_id)) if entry.subject_id.isdigit() else None
    line = Line(
        entry.pk, entry.text, entry.number, entry.status, Status(entry.status).label,
        entry.subject_title or entry.purpose, remark=_remark(entry), operator=entry.allocated_by or entry.reserved_by,
        at=entry.allocated_at or entry.reserved_at,
    )  # fmt: skip
    if document is not None:
        line.genre, line.signer, line.signed_on = document.genre, document.signer_name, document.dated
        line.mains = "，".join(names.get((document.pk, "main"), ()))
        line.copies = "，".join(names.get((document.pk, "cc"), ()))
        line.drafted_in = document.drafting_organ_name
        line.document = document.pk if document.pk in open_to else None
    return line


def _remark(entry: Entry) -> str:
    if entry.status == Status.VOID:
        return f"作废：{entry.reason}"
    if entry.status == Status.RESERVED:
        return f"预留至{entry.expires_on:%m月%d日}" if entry.expires_on else "预留"
    return f"补编：{entry.backdated}" if entry.backdated else ""


def looked_through(found: list[Entry], last: int) -> Review:
    """Gaps, voids, overdue reservations and dates out of order of one year (N01)."""
    present, today = {one.number for one in found}, clock.today()
    dated = [one for one in found if one.status == Status.ISSUED and one.dated]
    top = max(last, max(present, default=0))
    return Review(
        last=top,
        missing=tuple(number for number in range(1, top + 1) if number not in present),
        void=tuple(one.text for one in found if one.status == Status.VOID),
        overdue=tuple(
            one.text for one in found if one.status == Status.RESERVED and one.expires_on and one.expires_on < today
        ),
        out_of_order=tuple((a.text, b.text) for a, b in pairwise(dated) if a.dated and b.dated and b.dated < a.dated),
        other_year=tuple(one.text for one in dated if one.dated and one.dated.year != one.year),
    )


def entry_of(actor: Actor, pk: int) -> tuple[Entry, Series]:
    """A number of a series that the actor manages.  Raises Missing."""
    entry = Entry.objects.select_related("register").filter(pk=pk).first()
    series = Series.objects.select_related("organ", "office").filter(key=entry.register.key).first() if entry else None
    if entry is None or series is None or not manages(actor, series):
        raise Missing(what="这个编号")
    return entry, series
