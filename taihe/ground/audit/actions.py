"""The only writers of the record: one appends entries, the other seals them into the signed chain."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import clock
from ..action import action, record, unit_of_work
from ..actor import Actor
from ..signing import KeyRing
from .chain import GENESIS, batch_head, batch_root, entry_hash
from .models import AuditBatch, AuditEntry, AuditSealed
from .queries import unsealed

if TYPE_CHECKING:
    from ..action import Frame, Subject

SEAL_AT_ONCE = 2000


def _subject_parts(subject: Subject) -> tuple[str, str, str]:
    if isinstance(subject, tuple):
        return subject
    return subject._meta.label_lower, str(subject.pk), str(subject)


def append_entry(
    frame: Frame, *, outcome: str, subject: Subject, before: str = "", after: str = "", detail: dict[str, Any]
) -> AuditEntry:
    """Insert one entry for the running action; the only writer of this table."""
    kind, key, title = _subject_parts(subject)
    actor = frame.actor
    return AuditEntry.objects.create(
        event=frame.event,
        sub=uuid.uuid4().hex,
        parent=frame.parent,
        at=clock.now(),
        action=frame.name,
        outcome=outcome,
        actor_kind=actor.kind,
        person_id=actor.person_id,
        person_name=actor.person_name,
        post_id=actor.post_id,
        post_name=actor.post_name,
        organ=actor.organ,
        organ_name=actor.organ_name,
        on_behalf_of=actor.on_behalf_of,
        session=actor.session,
        address=actor.address,
        subject_type=kind[:64],
        subject_id=key[:128],
        subject_title=title[:255],
        before=before,
        after=after,
        detail=detail,
    )


def _insert_batch(entries: Sequence[AuditEntry], ring: KeyRing) -> AuditBatch:
    last = AuditBatch.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.head) if last else (1, GENESIS)
    hashes = [entry_hash(entry) for entry in entries]
    sealed_at = clock.now()
    root = batch_root(hashes)
    head = batch_head(number, previous, root, len(hashes), sealed_at)
    signature = ring.sign("audit", head.encode())
    AuditSealed.objects.bulk_create(
        AuditSealed(entry=entry.pk, batch=number, position=place, hash=own)
        for place, (entry, own) in enumerate(zip(entries, hashes, strict=True))
    )
    return AuditBatch.objects.create(
        number=number,
        previous=previous,
        root=root,
        count=len(hashes),
        sealed_at=sealed_at,
        head=head,
        key_id=signature.key_id,
        signature=base64.b64encode(signature.value).decode(),
    )


def seal(ring: KeyRing) -> int:
    """Seal every entry not yet in the chain; returns how many.

    Entries are found by anti-join, since row order is not commit order.  Called every few seconds
    by the worker, so that no entry stays outside the chain for more than ten.
    """
    sealed = 0
    while True:
        with unit_of_work("audit.seal", Actor.system("审计封存")):
            entries = unsealed(SEAL_AT_ONCE)
            if not entries:
                return sealed
            _insert_batch(entries, ring)
        sealed += len(entries)


@action("audit.export")
def note_export(actor: Actor, batches: int, name: str) -> None:
    """Record that the audit record itself was taken out, by whom and how much."""
    record(("audit_export", name, name), detail={"batches": batches})
