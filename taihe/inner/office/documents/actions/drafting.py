"""Writing a document: one writer at a time, every stretch of one person's writing a version that never changes.

A page that is open writes into its holder's open version; whoever takes over closes that version, and the
next save of the other page is told so.  A text that can no longer be saved where it belongs is parked as a
closed version of its own, so that no word is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from taihe.ground import clock
from taihe.ground.action import NotRecorded, action, current_frame, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import may, require

from .. import rights
from ..content import Content
from ..errors_drafting import MayNotEdit, NothingOpen, StaleText, TakenOver, TooManyParked
from ..fields import Fields, fields_of
from ..models import Document, DocumentVersion, Series
from ..queries.drafting import PARKED, lapsed, require_series_for
from ..search import touched
from ..secrecy import refuse_secrets
from ..states import State
from . import drafting_rows as rows


def who_may_edit(actor: Actor, document: Document) -> bool:
    """Whether the actor may write at the step where the document stands."""
    if document.state == State.DRAFT:
        own = actor.person_id == str(document.drafter_id) and actor.post_id == str(document.drafter_post_id)
        return own or may(actor, rights.DRAFT, document.drafting_organ)
    if document.state in (State.ISSUED, State.CANCELLED):
        return False
    from ..flow import may_edit  # the flow stands on what is written here

    return may_edit(actor, document)


def require_writer(actor: Actor, document: Document) -> None:
    """Raise MayNotEdit unless `who_may_edit`."""
    if not who_may_edit(actor, document):
        raise MayNotEdit(title=document.title or "（未定标题）", state=document.get_state_display())


@action("documents.create")
def create(actor: Actor, *, series_pk: int, genre: str, drafting_organ_pk: int) -> Document:
    """拟稿: a document with an empty first version, checked out to whoever drafts it.

    Raises NotAllowed, Missing, SeriesNotHere (also for a series that has ended), GenreNotHere.
    """
    organ = Organ.objects.filter(pk=drafting_organ_pk).first()
    series = Series.objects.select_related("organ").filter(pk=series_pk).first()
    if organ is None or series is None:
        raise Missing(what="拟稿单位或发文代字")
    require(actor, rights.DRAFT, organ)
    require_series_for(organ, series)
    rows.check_genre(series.genres, series.code, genre)
    if not actor.post_id.isdigit():
        raise Missing(what="拟稿岗位")
    now = clock.now()
    document = Document(
        series=series,
        organ=series.organ,
        organ_name=series.organ.name,
        drafting_organ=organ,
        drafting_organ_name=organ.name,
        drafter_id=rows.officer_of(actor),
        drafter_post_id=int(actor.post_id),
        drafter_name=str(actor)[:80],
        genre=genre,
        head=1,
        created_at=now,
        sorted_at=now,
    )
    rows.hold(document, actor)
    document.save()
    rows.new_version(document, actor, Content.model_validate({"signature": series.signature}), open_=True)
    touched(document.pk)
    record(document, detail={"series": series.code, "genre": genre, "drafting_organ": organ.code})
    return document


# -- who writes -----------------------------------------------------------------------------------


def check_out(actor: Actor, pk: int, version_no: int | None = None) -> Document:
    """Begin or go on writing.  Raises Missing, MayNotEdit, BeingEdited, StaleText when the page is older than the text.

    Going on with what one holds leaves no entry; taking what is free, or whose lease has run out, does.
    """
    with _quietly(actor):
        document = rows.lock(pk)
        if version_no is not None and version_no != document.version:
            require_writer(actor, document)
            raise _stale(document)
        if document.editing_by_id == rows.officer_of(actor) and who_may_edit(actor, document):
            document.editing_seen = clock.now()
            rows.save(document, moved=False)
            return document
    return _check_out(actor, pk)


@action("documents.check_out")
def _check_out(actor: Actor, pk: int) -> Document:
    document = rows.lock(pk)
    require_writer(actor, document)
    moved = _acquire(actor, document)
    rows.save(document, moved=moved)
    record(document, detail={"version": document.head})
    return document


@action("documents.take_over")
def take_over(actor: Actor, pk: int, reason: str) -> Document:
    """接管: close the other's version as it stands and go on in a new one.  Raises BadInput without a reason."""
    said = " ".join(reason.split())
    least = rule("documents.take_over_reason_characters")
    if len(said) < least:
        raise BadInput(what=f"请写明接管的理由（不少于{least}个字）。")
    document = rows.lock(pk)
    require_writer(actor, document)
    before = document.editing_name
    closed = _close_other(actor, document, f"由{actor}接管：{said}")
    rows.hold(document, actor)
    rows.save(document)
    record(document, detail={"from": before, "reason": said[:200], "closed": closed.number if closed else None})
    return document


def _acquire(actor: Actor, document: Document) -> bool:
    """Hold the document; whether another's text was closed for it.  Raises BeingEdited."""
    holder, me = document.editing_by_id, rows.officer_of(actor)
    if holder == me:
        document.editing_seen = clock.now()
        return False
    if holder is not None and not lapsed(document):
        raise rows.being_edited(document)
    closed = _close_other(actor, document, f"编辑超时未保存，由{actor}接着编辑")
    rows.hold(document, actor)
    return closed is not None


def _close_other(actor: Actor, document: Document, note: str) -> DocumentVersion | None:
    version = rows.open_version(document)
    if version is None or version.author_id == rows.officer_of(actor):
        return None
    rows.close(version, note)
    return version


# -- writing --------------------------------------------------------------------------------------


def autosave(
    actor: Actor, pk: int, version_no: int, content: Content, fields: Fields | dict[str, Any] | None = None
) -> DocumentVersion:
    """Keep what is on the page; `version_no` is Document.version as the page last knew it.

    The first save of a stretch opens a version and is recorded; those that follow write into it silently.
    The same text sent again is answered as before.  The lines of 主送 and 抄送, when given, make the names
    in the content.  Raises SecretText (nothing stored), MayNotEdit, BeingEdited, TakenOver, StaleText, BadInput.
    """
    given = fields_of(fields)
    if given.addressees is not None:
        content = content.model_copy(update={"addressees": given.texts("main"), "copies": given.texts("cc")})
    refuse_secrets(actor, pk, content, given.basis or "", given.publicity_reason or "")
    with _quietly(actor):
        document = rows.lock(pk)
        version = rows.open_version(document)
        mine = document.editing_by_id == rows.officer_of(actor) and version is not None
        if mine and version is not None and who_may_edit(actor, document):
            return _keep(actor, document, version, version_no, content, given)
    return _write(actor, pk, version_no, content, given)


@action("documents.write")
def _write(actor: Actor, pk: int, version_no: int, content: Content, fields: Fields) -> DocumentVersion:
    """The first save of a stretch: takes the check-out if it is free, opens a version when the text differs."""
    document = rows.lock(pk)
    require_writer(actor, document)
    _told_if_taken(actor, document)
    _acquire(actor, document)
    version = rows.open_version(document)
    if version is not None:
        kept = _keep(actor, document, version, version_no, content, fields)
        record(kept, detail={"digest": kept.digest})
        return kept
    head = rows.head_version(document)
    same = head is not None and head.digest == content.digest
    if version_no != document.version:
        if same and head is not None:
            record(head, detail={"digest": head.digest})
            return head
        raise _stale(document)
    changed = _take_fields(document, content, fields, text_changed=not same)
    if head is None or not same:
        head = rows.new_version(document, actor, content, open_=True)
        document.head = head.number
    rows.save(document, *changed, "head", "title", "direction", moved=bool(changed) or not same)
    touched(document.pk)
    record(head, detail={"digest": head.digest, "fields": changed})
    head.document = document
    return head


def _keep(
    actor: Actor, document: Document, version: DocumentVersion, version_no: int, content: Content, fields: Fields
) -> DocumentVersion:
    """Write into one's own open version."""
    same = version.digest == content.digest
    if version_no != document.version:
        if not same:
            raise _stale(document)
        version.document = document
        return version
    changed = _take_fields(document, content, fields, text_changed=not same)
    if not same:
        rows.write(version, content)
    document.editing_seen = clock.now()
    rows.save(document, *changed, "title", "direction", moved=bool(changed) or not same)
    version.document = document
    return version


def _take_fields(document: Document, content: Content, fields: Fields, *, text_changed: bool) -> list[str]:
    changed = rows.apply_fields(document, fields, text_changed=text_changed)
    document.title = content.title.strip()
    if "addressees" in changed:
        rows.direct(document)
    return changed


def _told_if_taken(actor: Actor, document: Document) -> None:
    """Raise TakenOver when another now writes and the last version of the asker was closed for it."""
    me = rows.officer_of(actor)
    if document.editing_by_id in (None, me) or lapsed(document):
        return
    mine = (
        DocumentVersion.objects.filter(document=document, author_id=me, closed_at__isnull=False)
        .exclude(note=PARKED)
        .order_by("-number")
        .first()
    )
    if mine is None or mine.number < document.head - 1:
        raise rows.being_edited(document)
    reason = f"（{mine.note}）" if mine.note.startswith("由") else ""
    raise TakenOver(
        who=document.editing_name, since=rows.moment(document.editing_since), reason=reason, number=mine.number
    )


def _stale(document: Document) -> StaleText:
    head = rows.head_version(document)
    return StaleText(
        who=head.author_name if head else "",
        seen=rows.moment(head.saved_at if head else None),
    )


@action("documents.park")
def park(actor: Actor, pk: int, content: Content) -> DocumentVersion:
    """Keep the text of a page that may no longer save, as a closed version beside the current one.

    The same text is parked once.  Raises Missing, MayNotEdit for whoever neither may write nor ever wrote here,
    TooManyParked.  The caller has called `refuse_secrets`.
    """
    document = rows.lock(pk)
    me = rows.officer_of(actor)
    if not DocumentVersion.objects.filter(document=document, author_id=me).exists():
        require_writer(actor, document)
    known = DocumentVersion.objects.filter(document=document, author_id=me, digest=content.digest).first()
    if known is None:
        most = rule("documents.parked_versions")
        if DocumentVersion.objects.filter(document=document, note=PARKED).count() >= most:
            raise TooManyParked(most=most)
        known = rows.new_version(document, actor, content, note=PARKED, open_=False)
    record(known, detail={"digest": known.digest})
    return known


# -- closing --------------------------------------------------------------------------------------


@action("documents.check_in")
def check_in(actor: Actor, pk: int, note: str = "") -> DocumentVersion:
    """保存稿次 / leave: close the version being written, with a note, and let go.

    Raises Missing, BeingEdited when another holds it, NothingOpen when a note was given and nothing changed.
    """
    document = rows.lock(pk)
    me = rows.officer_of(actor)
    version = rows.open_version(document)
    if (document.editing_by_id or me) != me:
        raise rows.being_edited(document)
    if version is None or version.author_id != me:
        require_writer(actor, document)
        if note.strip():
            raise NothingOpen()
    else:
        rows.close(version, " ".join(note.split()))
    rows.let_go(document)
    rows.save(document, moved=False)
    head = rows.head_version(document)
    if head is None:
        raise Missing(what="公文正文")
    touched(document.pk)
    record(head, after={"digest": head.digest}, detail={"digest": head.digest, "note": head.note})
    return head


def freeze(actor: Actor, document: Document, stage: str = "") -> DocumentVersion:
    """Inside another action, on the locked document: close what is being written and let go; the current version.

    Raises BeingEdited while another person writes within the lease, Missing for a document without a text.
    """
    current_frame()
    version = rows.open_version(document)
    holder = document.editing_by_id
    if holder is not None and str(holder) != actor.person_id and version is not None and not lapsed(document):
        raise rows.being_edited(document)
    if version is not None:
        if stage:
            version.stage = stage[:40]
            version.save(update_fields=["stage"])
        rows.close(version)
    if version is not None or holder is not None:
        rows.let_go(document)
        rows.save(document, moved=version is not None)
    head = rows.head_version(document)
    if head is None:
        raise Missing(what="公文正文")
    touched(document.pk)
    record(head, after={"digest": head.digest}, detail={"digest": head.digest, "closed": version is not None})
    return head


# -- whole texts from elsewhere -------------------------------------------------------------------


@action("documents.restore")
def restore(actor: Actor, pk: int, version_no: int, number: int) -> DocumentVersion:
    """恢复为新稿次: the text of an earlier version as a new one; what stood before is kept as its own version."""
    document = rows.lock(pk)
    old = DocumentVersion.objects.filter(document=document, number=number).first()
    if old is None:
        raise Missing(what=f"第{number}稿")
    made = _replace(
        actor, document, version_no, Content.model_validate(old.content), f"由第{number}稿恢复", open_=False
    )
    record(made, detail={"digest": made.digest, "restored": number})
    return made


def replace(actor: Actor, pk: int, version_no: int, content: Content, note: str) -> DocumentVersion:
    """Put a whole new text (a Word import, a one-click fix) in place; the text before stays as a closed version.

    The new version stays open for its author.  Raises SecretText, MayNotEdit, BeingEdited, StaleText.
    """
    refuse_secrets(actor, pk, content)
    return _put(actor, pk, version_no, content, note)


@action("documents.replace")
def _put(actor: Actor, pk: int, version_no: int, content: Content, note: str) -> DocumentVersion:
    document = rows.lock(pk)
    made = _replace(actor, document, version_no, content, note, open_=True)
    record(made, detail={"digest": made.digest, "note": note[:200]})
    return made


def _replace(
    actor: Actor, document: Document, version_no: int, content: Content, note: str, *, open_: bool
) -> DocumentVersion:
    require_writer(actor, document)
    _acquire(actor, document)
    if version_no != document.version:
        raise _stale(document)
    version = rows.open_version(document)
    if version is not None:
        rows.close(version)
    made = rows.new_version(document, actor, content, note=note, open_=open_)
    document.head, document.title = made.number, content.title.strip()
    if rows.align_lines(document, content):
        rows.direct(document)
    rows.save(document, "head", "title", "direction")
    touched(document.pk)
    made.document = document
    return made


@action("documents.export_word")
def note_export(actor: Actor, document: Document, number: int) -> None:
    """Record that a text left the system as a Word file."""
    record(document, detail={"number": number})


@contextmanager
def _quietly(actor: Actor) -> Iterator[None]:
    """A transaction that need not leave an entry: writing on in what is open and recorded already."""
    try:
        current_frame()
    except NotRecorded:
        with unit_of_work("documents.autosave", actor):
            yield
    else:
        with transaction.atomic():
            yield
