"""The only writers.  A content's row is locked before its count or its file changes, so that no
attachment ever stands without its file: what nobody wants is removed only after a grace, under the
same lock, and a crash between file and row leaves at most a file too many, which is swept.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, current_frame, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.ground.killpoints import killpoint
from taihe.ground.outbox.actions import enqueue
from taihe.ground.scanning import ScanReport, require_clean

from .errors import FileChanged, FileLost, IncidentClosed
from .models import Attachment, Blob, IncidentClosing, SecretIncident
from .names import clean_name
from .owners import Owner, require_registered
from .queries import grace, may_open, require_room_today, zone_store
from .store import Stored

_TRIES = 3
_FEWEST_CHARACTERS = 4
PURGED = "（内容已清除）"


@dataclass(frozen=True)
class Prepared:
    """A file that lies in the store, looked at or made by ourselves, ready to be attached.

    `scan` is what is kept of the look: verdict, digest that was looked at, engines, codes.
    """

    stored: Stored
    name: str
    mime: str
    scan: dict[str, Any]


@action("files.attach")
def attach(actor: Actor, prepared: Prepared, owner: Owner, *, purpose: str) -> Attachment:
    """Attach a prepared file to a record.

    Raises FileTooMany, FileChanged when what was scanned is not what lies in the store, FileLost when it
    lies there no longer, and RuntimeError for an owner type nobody answers for.
    """
    require_registered(owner.type)
    require_room_today(actor, prepared.stored.size)
    if prepared.scan.get("sha256") != prepared.stored.sha256:
        raise FileChanged()
    blob = _wanted(prepared)
    row = Attachment.objects.create(
        key=uuid.uuid4().hex,
        blob=blob,
        owner_type=owner.type,
        owner_id=owner.id,
        purpose=purpose[:40],
        name=clean_name(prepared.name),
        sha256=blob.sha256,
        size=blob.size,
        mime=prepared.mime,
        scan=prepared.scan,
        actor_kind=actor.kind,
        person_id=actor.person_id,
        person_name=str(actor)[:80],
        post_name=actor.post_name,
        organ_name=actor.organ_name,
        at=clock.now(),
    )
    detail = {"sha256": blob.sha256, "size": blob.size, "owner": list(owner), "purpose": row.purpose}
    record(_told(row), after=snapshot(row), detail=detail)
    return row


@action("files.remove")
def remove(actor: Actor, key: str, *, reason: str, at_once: bool = False) -> Attachment:
    """Take a file away from its record; its content goes after the grace unless something else wants it.

    `at_once` leaves no grace and forgets the name: for personal data that has reached the other zone.
    Raises Missing, and BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput(what="请写明移除附件的原因。")
    row = Attachment.objects.filter(key=key, removed_at__isnull=True).first()
    blob = _locked(row.sha256) if row else None
    row = Attachment.objects.filter(key=key, removed_at__isnull=True).first()  # again, now under the lock
    if row is None or blob is None:
        raise Missing(what="这个附件")
    before = snapshot(row)
    row.blob, row.removed_at, row.removed_reason = None, clock.now(), reason.strip()[:200]
    row.removed_by = " ".join(filter(None, (str(actor), actor.organ_name, actor.post_name)))[:200]
    if at_once:
        row.name = PURGED
    row.save()
    blob.refs -= 1
    if not blob.refs:
        blob.idle_since = clock.now()
    blob.save(update_fields=["refs", "idle_since"])
    if not blob.refs:
        _promise_drop(blob.sha256, clock.now() if at_once else clock.now() + grace(), at_once=at_once)
    record(_told(row), before=before, after=snapshot(row), detail={"reason": row.removed_reason, "sha256": row.sha256})
    return row


@action("files.open")
def open_attachment(actor: Actor, key: str) -> Attachment:
    """The attachment, if its module lets the actor open it; the opening or the refusal is recorded."""
    row = may_open(actor, key)
    record(_told(row), detail={"owner": [row.owner_type, row.owner_id], "sha256": row.sha256})
    return row


@action("files.receive")
def refuse_unclean(actor: Actor, report: ScanReport, owner: Owner) -> None:
    """Raises the refusal that fits the report, so that the refused attempt is recorded; nothing when clean."""
    require_clean(report)
    record(("files.upload", report.sha256, ""), detail={"owner_type": owner.type})


@action("files.secret_mark")
def keep_incident(actor: Actor, report: ScanReport, owner: Owner) -> SecretIncident:
    """Keep what may be kept of a file with a secret mark, and have the security officer told.

    《中华人民共和国保守国家秘密法》: this system may not store, process or pass on state secrets.
    """
    row = SecretIncident.objects.create(
        sha256=report.sha256,
        size=report.size,
        marks="；".join(report.secret_marks)[:200],
        at=clock.now(),
        actor_kind=actor.kind,
        person_id=actor.person_id,
        person_name=str(actor)[:80],
        post_name=actor.post_name,
        organ=actor.organ,
        organ_name=actor.organ_name,
        session=actor.session,
        address=actor.address,
        owner_type=owner.type,
        event=current_frame().event,
    )
    enqueue("files.secret_mark", {"incident": row.pk}, priority=0)
    record(row, after=snapshot(row), detail={"sha256": row.sha256, "owner_type": owner.type})
    return row


def close_incident(actor: Actor, pk: int, words: str) -> SecretIncident:
    """Within the security officer's action: note what was done about an incident, once.

    Raises Missing, IncidentClosed, and BadInput when nothing is said.  The caller records it.
    """
    current_frame()
    incident = SecretIncident.objects.select_for_update().filter(pk=pk).first()
    if incident is None:
        raise Missing(what="该涉密标志事件")
    said = " ".join(words.split())
    if len(said) < _FEWEST_CHARACTERS:
        raise BadInput(what=f"请写明处置情况（不少于{_FEWEST_CHARACTERS}个字）。")
    if IncidentClosing.objects.filter(incident=incident).exists():
        raise IncidentClosed()
    who = {"person_id": actor.person_id, "person_name": str(actor)[:80], "post_name": actor.post_name}
    IncidentClosing.objects.create(incident=incident, at=clock.now(), words=said[:500], **who)
    return incident


def drop_unused(sha256: str, *, at_once: bool) -> None:
    """In the worker: remove a content nobody wants, file and row, or come back when its grace is over.

    A file put again meanwhile has a grace of its own: somebody is about to attach it.
    """
    current_frame()
    blob = _locked(sha256)
    if blob is None or blob.idle_since is None:
        return
    now, store = clock.now(), zone_store()
    if not at_once:
        rest = max(blob.idle_since + grace() - now, grace() - (store.idle(sha256) or grace()))
        if rest > timedelta(0):
            _promise_drop(sha256, now + rest, at_once=False)
            return
    store.delete(sha256)
    killpoint("files.after_unlink")
    blob.delete()
    record(("ground_files.blob", sha256, "清除无引用的文件内容"), detail={"size": blob.size, "at_once": at_once})


@action("files.adopt")
def adopt_orphans(actor: Actor, digests: Sequence[str]) -> int:
    """Give files without a row a row nobody wants, so that they go the one way contents go."""
    store, rows = zone_store(), []
    for sha256 in digests:
        path = store.path(sha256)
        if path.exists():
            rows.append(Blob(sha256=sha256, size=path.stat().st_size, created_at=clock.now(), idle_since=clock.now()))
    Blob.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        _promise_drop(row.sha256, clock.now() + grace(), at_once=False)
    record(("ground_files.blob", "", "登记无主文件"), detail={"count": len(rows)})
    return len(rows)


def promise_again(digests: Iterable[str]) -> None:
    """In the worker: see that each of these idle contents is on its way out."""
    for sha256 in digests:
        _promise_drop(sha256, clock.now(), at_once=False)


def _told(row: Attachment) -> tuple[str, str, str]:
    """The audit's subject: never the file's name, which can hold personal data."""
    return row._meta.label_lower, row.key, f"{row.owner_type} {row.purpose}"


def _promise_drop(sha256: str, not_before: datetime, *, at_once: bool) -> None:
    payload = {"sha256": sha256, "at_once": at_once}
    # The running message itself still waits under its name, so the time is part of it.
    name = f"files:{sha256[:32]}:{int(not_before.timestamp())}:{at_once:d}"
    enqueue("files.drop", payload, not_before=not_before, dedupe=name)


def _locked(sha256: str) -> Blob | None:
    return Blob.objects.select_for_update(of=("self",)).filter(sha256=sha256).first()


def _wanted(prepared: Prepared) -> Blob:
    """The content's row under lock, counted once more, after a look whether the file lies there."""
    sha256, size = prepared.stored
    for _ in range(_TRIES):  # the worker may remove the row between the two lines
        new = Blob(sha256=sha256, size=size, mime=prepared.mime, created_at=clock.now(), idle_since=clock.now())
        Blob.objects.bulk_create([new], ignore_conflicts=True)
        if blob := _locked(sha256):
            break
    else:
        raise FileLost(digest=sha256)
    path = zone_store().path(sha256)
    if not path.exists() or path.stat().st_size != size:
        raise FileLost(digest=sha256)
    blob.refs, blob.idle_since, blob.size, blob.mime = blob.refs + 1, None, size, blob.mime or prepared.mime
    blob.save()
    return blob
