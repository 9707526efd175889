"""What writing asks: which series an organ may draft in, and a document as its editor opens it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, NotAllowed
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ, OrganKind
from taihe.inner.people.permissions import may, scopes_of, within
from taihe.inner.people.queries.organs import open_organs
from taihe.inner.workflow.seats import desk_of

from .. import access, checks, direction, recipients
from ..content import Content
from ..errors_drafting import SeriesNotHere
from ..fields import Line
from ..models import Document, DocumentVersion, Series
from ..models.document import Audience
from ..rights import DRAFT
from ..versions import Draft
from ..versions import lines_of as lines_of_content

PARKED = "旧页面另存，未并入当前稿"
"""Note of a version that was set aside because its page came too late."""
MOST_BETWEEN = 60


def lineage(organ: Organ) -> QuerySet[Organ]:
    """The organ and all above it in the line of administration."""
    codes = organ.path.split("/")[:-1]
    return Organ.objects.filter(path__in=["/".join(codes[: n + 1]) + "/" for n in range(len(codes))])


def series_for(organ: Organ, on: date | None = None) -> QuerySet[Series]:
    """The series in use that an organ may draft in: its own, those above it, and of the offices of these."""
    day = on or clock.today()
    above = lineage(organ).values("pk")
    offices = Series.objects.filter(organ__in=above).values("office")
    in_use = Q(active_from__lte=day) & (Q(active_to__isnull=True) | Q(active_to__gte=day))
    return (
        Series.objects.filter(Q(organ__in=above) | Q(organ__in=offices), in_use)
        .select_related("organ")
        .order_by("-organ__path", "code")
    )


def require_series_for(organ: Organ, series: Series) -> None:
    """Raise SeriesNotHere unless the organ may draft in the series today."""
    if not series_for(organ).filter(pk=series.pk).exists():
        raise SeriesNotHere(organ=organ.short_name, series=series.code)


def document(pk: int) -> Document:
    """A document with its series and organs.  Who may see it is asked by the view.  Raises Missing."""
    row = Document.objects.select_related("series__organ", "organ", "drafting_organ").filter(pk=pk).first()
    if row is None:
        raise Missing(what="这件公文")
    return row


def current(row: Document) -> DocumentVersion:
    """The current text.  Raises Missing."""
    found = DocumentVersion.objects.filter(document=row, number=row.head).first()
    if found is None:
        raise Missing(what="公文正文")
    return found


def version(row: Document, number: int) -> DocumentVersion:
    """One version.  Raises Missing."""
    found = DocumentVersion.objects.filter(document=row, number=number).first()
    if found is None:
        raise Missing(what=f"第{number}稿")
    return found


def versions(row: Document) -> QuerySet[DocumentVersion]:
    """Every version, newest first, without its text."""
    return DocumentVersion.objects.filter(document=row).defer("content").order_by("-number")


def chain(row: Document, old: int, new: int) -> list[Draft]:
    """The versions from one to another as they are compared, those between them that led there included.

    Texts parked beside lead nowhere: they are only compared when asked for.  Raises Missing.
    """
    asked = list(DocumentVersion.objects.filter(document=row, number__range=(old, new)).order_by("number"))
    ends = [one for one in asked if one.number in (old, new)]
    if {one.number for one in ends} != {old, new}:
        raise Missing(what="所选的稿次")
    between = [] if any(one.note == PARKED for one in ends) else [one for one in asked if old < one.number < new]
    led = [one for one in between if one.note != PARKED][-MOST_BETWEEN:]
    first, last = ends[0], ends[-1]
    return [
        Draft(one.number, f"{one.author_name}（第{one.number}稿）", lines_of_content(content_of(one)))
        for one in (first, *led, *([last] if last is not first else []))
    ]


def content_of(one: DocumentVersion) -> Content:
    """The text of a version."""
    return Content.model_validate(one.content)


def lapsed(document: Document) -> bool:
    """Whether the holder has not saved for so long that another may go on."""
    lease = timedelta(minutes=rule("documents.editing_lease_minutes"))
    return document.editing_seen is None or document.editing_seen + lease < clock.now()


def is_free(document: Document) -> bool:
    """Whether nobody holds the check-out, or its lease has run out."""
    return document.editing_by_id is None or lapsed(document)


def lines_of(document: Document) -> tuple[Line, ...]:
    """The lines of 主送 and 抄送 as stored, 主送 first (1 query)."""
    rows = document.addressees.all()
    lines = [Line(role=one.role, text=one.text, group=one.group, organ=one.organ_id) for one in rows]  # type: ignore[arg-type]
    return tuple(sorted(lines, key=lambda one: one.role != "main"))


def findings(document: Document, content: Content) -> list[checks.Finding]:
    """What the checks say while one writes."""
    return checks.run(document, content, stage="writing")


def sees_drafts(actor: Actor, document: Document) -> bool:
    """Whether the actor may see the versions: the drafter's side, the issuing organ's, and the people of its flow.

    Whoever merely received the issued document sees that and nothing of how it came about.
    """
    paths = access.office_paths(actor)
    seen = (within(paths, "organ__") | within(paths, "drafting_organ__")) & ~Q(audience=Audience.NAMED)
    seat = desk_of(actor)
    if seat is not None:
        seen |= Q(drafter__in=access.drafters(seat))
        if seat.covers(access.ISSUE_FLOW) and document.instance_id is not None:
            if access.parts_of(actor, seat).filter(instance=document.instance_id).exists():
                return True
    return Document.objects.filter(seen, pk=document.pk).exists()


def require_drafts(actor: Actor, pk: int) -> Document:
    """The document, for its versions.  Raises NotAllowed, Missing."""
    row = document(pk)
    if not sees_drafts(actor, row):
        raise NotAllowed(what="查看公文的历次稿")
    return row


# -- 主送, 抄送, 会签 ----------------------------------------------------------------------------

# Who receives and countersigns: no leading groups, internal offices, stations and villages (they issue nothing).
_NOBODY = (
    OrganKind.LEADING_GROUP,
    OrganKind.LEADING_GROUP_OFFICE,
    OrganKind.INTERNAL_OFFICE,
    OrganKind.STATION,
    OrganKind.VILLAGE,
    OrganKind.COMMUNITY,
    OrganKind.DISPATCHED,
)
GROUPS = "常用范围"
Choices = list[tuple[str, list[tuple[str, str]]]]


def choices() -> Choices:
    """Groups of recipients, superiors beyond the county, then organs by kind (1 query).

    Their values are ``g:<key>``, ``t:<name>`` and ``o:<pk>``.
    """
    kinds: dict[str, list[tuple[str, str]]] = {}
    for one in open_organs().exclude(kind__in=_NOBODY):
        kinds.setdefault(one.get_kind_display(), []).append((f"o:{one.pk}", one.name))
    beyond = [(f"t:{one.name}", one.name) for one in recipients.outside()]
    groups = [(f"g:{one.key}", one.title) for one in recipients.groups()]
    return [(GROUPS, groups), *([("县外上级机关", beyond)] if beyond else []), *kinds.items()]


def named(pick: str) -> tuple[str, str, str]:
    """What a choice stands for: (text as printed, group, organ).  Raises Missing."""
    kind, _, key = pick.partition(":")
    if kind == "g":
        for one in recipients.groups():
            if one.key == key:
                return one.title, key, ""
    elif kind == "o" and key.isdigit():
        organ = Organ.objects.filter(pk=int(key)).first()
        if organ is not None:
            return organ.name, "", key
    elif kind == "t" and key in {one.name for one in recipients.outside()}:
        return key, "", ""
    raise Missing(what="所选的单位")


def organ_names(keys: Iterable[str]) -> dict[str, str]:
    """Short names of organs by their numbers as text."""
    rows = Organ.objects.filter(pk__in=[int(one) for one in keys if one.isdigit()])
    return {str(pk): name for pk, name in rows.values_list("pk", "short_name")}


def units(document: Document, lines: Iterable[Line]) -> dict[str, int]:
    """How many organs the lines reach, by role and together, each organ once and never the sender."""
    found: dict[str, set[int]] = {"main": set(), "cc": set()}
    for line in lines:
        if line.group:
            found[line.role] |= {one.pk for one in recipients.expand(line.group)}
        elif line.organ is not None:
            found[line.role].add(line.organ)
    for one in found.values():
        one.discard(document.organ_id)
    found["cc"] -= found["main"]
    return {"main": len(found["main"]), "cc": len(found["cc"]), "all": len(found["main"] | found["cc"])}


def direction_from(document: Document, lines: Iterable[Line]) -> str:
    """The direction that the organs named as 主送 make; as it was while nobody is named."""
    mains = [line for line in lines if line.role == "main"]
    organs = [organ for line in mains if line.group for organ in recipients.expand(line.group)]
    organs += Organ.objects.filter(pk__in=[line.organ for line in mains if line.organ is not None and not line.group])
    names = [line.text for line in mains if not line.group and line.organ is None]
    return direction.direction_of(document.organ, organs, names) if organs or names else document.direction


# -- 拟稿 -----------------------------------------------------------------------------------------


def drafting_organs(actor: Actor) -> list[Organ]:
    """The organs in whose name the actor drafts: that of the acting post, and those a role was given over."""
    paths = scopes_of(actor, DRAFT)
    rows = open_organs().filter(path__in=paths)
    own = open_organs().filter(code=actor.organ).first()
    found = [own] if own is not None and may(actor, DRAFT, own) else []
    return found + [one for one in rows if own is None or one.pk != own.pk]


def beginnings(actor: Actor) -> list[tuple[str, str]]:
    """What a draft may begin as: ``<organ pk>-<series pk>`` with words."""
    organs = drafting_organs(actor)
    several = len(organs) > 1
    return [
        (
            f"{organ.pk}-{one.pk}",
            f"{one.code}　{one.title}" + (f"（拟稿单位：{organ.short_name}）" if several else ""),
        )
        for organ in organs
        for one in series_for(organ)
    ]
