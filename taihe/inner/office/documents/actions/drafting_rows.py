"""The rows behind writing: who holds the check-out, the version being written, and the lines of 主送 and 抄送."""

from __future__ import annotations

from django.db.models import Max

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.inner.people.models import Organ
from taihe.inner.workflow.models import Kind, Status, WorkItem

from ..content import Content
from ..errors_drafting import BeingEdited, GenreNotHere, VersionClosed
from ..fields import PLAIN, Fields, Line
from ..models import Addressee, Document, DocumentVersion
from ..queries.drafting import direction_from, lines_of
from ..states import State

JOINED = ("series__organ", "organ", "drafting_organ")
EDITING = ("editing_by", "editing_name", "editing_since", "editing_seen")
OPEN_FIELDS = (State.DRAFT, State.IN_REVIEW)


def lock(pk: int) -> Document:
    """The document, locked until the action ends.  Raises Missing."""
    row = Document.objects.select_for_update(of=("self",)).select_related(*JOINED).filter(pk=pk).first()
    if row is None:
        raise Missing(what="这件公文")
    return row


def officer_of(actor: Actor) -> int:
    """The officer's row number.  Raises Missing for a part of the system: it writes no text."""
    if not actor.person_id.isdigit():
        raise Missing(what="操作人")
    return int(actor.person_id)


def post_of(actor: Actor) -> str:
    """Organ and post as the versions keep them."""
    return f"{actor.organ_name}{actor.post_name}"[:160]


def being_edited(document: Document) -> BeingEdited:
    """The refusal that names the holder."""
    return BeingEdited(
        who=document.editing_name, since=moment(document.editing_since), seen=moment(document.editing_seen)
    )


def moment(at: object) -> str:
    """A time as refusals say it: month, day, hour and minute here."""
    return clock.local(at).strftime("%m月%d日%H:%M") if at else "此前"  # type: ignore[arg-type]


def hold(document: Document, actor: Actor) -> None:
    """Note the holder (not saved)."""
    now = clock.now()
    document.editing_by_id, document.editing_name = officer_of(actor), str(actor)[:80]
    document.editing_since = document.editing_seen = now


def let_go(document: Document) -> None:
    """Nobody holds it (not saved)."""
    document.editing_by_id, document.editing_name = None, ""
    document.editing_since = document.editing_seen = None


def save(document: Document, *names: str, moved: bool = True) -> None:
    """Store the check-out and the named fields, under the next version when the text or its holder `moved`."""
    wanted = {*EDITING, *names} - {"addressees"}  # those are rows of their own
    if moved:
        document.version += 1
        document.sorted_at = clock.now()
        wanted |= {"version", "sorted_at"}
    document.save(update_fields=sorted(wanted))


# -- versions -------------------------------------------------------------------------------------


def open_version(document: Document) -> DocumentVersion | None:
    """The version being written, if any."""
    return DocumentVersion.objects.filter(document=document, closed_at__isnull=True).first()


def head_version(document: Document) -> DocumentVersion | None:
    """The current text."""
    return DocumentVersion.objects.filter(document=document, number=document.head).first()


def stage_of(document: Document) -> str:
    """The step at which the text is being changed, by its title."""
    if document.instance_id is None:
        return "起草"
    item = WorkItem.objects.filter(instance_id=document.instance_id, status=Status.OPEN, kind=Kind.DO).first()
    return item.node_title[:40] if item else "起草"


def new_version(document: Document, actor: Actor, content: Content, *, note: str = "", open_: bool) -> DocumentVersion:
    """A further version; the caller makes it the head where it is one."""
    now = clock.now()
    last = DocumentVersion.objects.filter(document=document).aggregate(last=Max("number"))["last"] or 0
    return DocumentVersion.objects.create(
        document=document,
        number=last + 1,
        content=content.model_dump(mode="json"),
        digest=content.digest,
        author_id=officer_of(actor),
        author_name=str(actor)[:80],
        author_post=post_of(actor),
        stage=stage_of(document),
        note=note[:200],
        started_at=now,
        saved_at=now,
        closed_at=None if open_ else now,
    )


def write(version: DocumentVersion, content: Content) -> None:
    """Put a text into the version being written.  Raises VersionClosed: a closed version never changes."""
    if version.closed_at is not None:
        raise VersionClosed(number=version.number)
    version.content, version.digest = content.model_dump(mode="json"), content.digest
    version.saved_at = clock.now()
    changed = DocumentVersion.objects.filter(pk=version.pk, closed_at__isnull=True).update(
        content=version.content, digest=version.digest, saved_at=version.saved_at
    )
    if not changed:
        raise VersionClosed(number=version.number)


def close(version: DocumentVersion, note: str = "") -> None:
    """Close the version being written, for good.  Raises VersionClosed."""
    if version.closed_at is not None:
        raise VersionClosed(number=version.number)
    version.closed_at = clock.now()
    version.note = note[:200] or version.note
    version.save(update_fields=["closed_at", "note"])


# -- fields ---------------------------------------------------------------------------------------


def apply_fields(document: Document, fields: Fields, *, text_changed: bool) -> list[str]:
    """Set the given fields on the document (not saved) and store its lines; the names of what changed.

    Raises BadInput, GenreNotHere; after 签发 nothing but the text and the reasons may change.
    """
    changed = [
        name for name in PLAIN if getattr(fields, name) is not None and getattr(fields, name) != getattr(document, name)
    ]
    _check_genre(document, fields.genre)
    for name in changed:
        setattr(document, name, getattr(fields, name))
    if fields.cosigners is not None and list(fields.cosigners) != document.cosigners:
        document.cosigners = _organs(fields.cosigners)
        changed.append("cosigners")
    lines_changed = fields.addressees is not None and fields.addressees != lines_of(document)
    if document.state not in OPEN_FIELDS and (changed or (lines_changed and not text_changed)):
        raise BadInput(what="签发以后不能再改动稿纸上的各项内容；确需改动的，请退回起草。")
    if fields.reasons is not None and fields.reasons != document.reasons:
        document.reasons = {key: value.strip() for key, value in fields.reasons.items() if value.strip()}
        changed.append("reasons")
    if lines_changed:
        store_lines(document, fields.addressees or ())
        changed.append("addressees")
    return changed


def _check_genre(document: Document, genre: str | None) -> None:
    if genre is not None and genre != document.genre:
        check_genre(document.series.genres, document.series.code, genre)


def check_genre(genres: list[str], code: str, genre: str) -> None:
    """Raises GenreNotHere for a genre that is none, or not one of the series."""
    field = Document._meta.get_field("genre")
    known = {value for value, _ in field.choices or ()}
    if genre not in known or (genres and genre not in genres):
        raise GenreNotHere(series=code, genre=genre)


def _organs(keys: tuple[int, ...]) -> list[int]:
    known = set(Organ.objects.filter(pk__in=keys).values_list("pk", flat=True))
    if set(keys) - known:
        raise BadInput(what="会签单位中有不存在的机构。")
    return list(dict.fromkeys(keys))


def store_lines(document: Document, lines: tuple[Line, ...]) -> None:
    """Replace the lines.  Raises BadInput for an organ that is not there."""
    named = {one.organ for one in lines if one.organ is not None}
    if named - set(Organ.objects.filter(pk__in=named).values_list("pk", flat=True)):
        raise BadInput(what="主送、抄送中有不存在的机构。")
    Addressee.objects.filter(document=document).delete()
    places = {"main": 0, "cc": 0}
    rows = []
    for one in lines:
        places[one.role] += 1
        rows.append(
            Addressee(
                document=document,
                role=one.role,
                order=places[one.role],
                text=one.text,
                group=one.group,
                organ_id=one.organ,
            )
        )
    Addressee.objects.bulk_create(rows)


def align_lines(document: Document, content: Content) -> bool:
    """After a text came from elsewhere: lines for the names it prints, known ones kept; whether any changed."""
    now = lines_of(document)
    known = {(one.role, one.text): one for one in now}
    names = {*content.addressees, *content.copies}
    organs = dict(Organ.objects.filter(name__in=names).values_list("name", "pk"))
    lines = tuple(
        known.get((role, text)) or Line(role=role, text=text, organ=organs.get(text))  # type: ignore[arg-type]
        for role, texts in (("main", content.addressees), ("cc", content.copies))
        for text in texts
        if text.strip()
    )
    if lines == now:
        return False
    store_lines(document, lines)
    return True


def direct(document: Document) -> None:
    """Set the direction (not saved) from the organs now named as 主送."""
    document.direction = direction_from(document, lines_of(document))
