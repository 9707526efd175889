"""How a file comes in: limits first, then a look at the very bytes that will be stored, then the record.

The look happens outside any transaction, on a private copy; only a clean file is moved into the store.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from taihe.ground.action import NotRecorded, current_frame
from taihe.ground.actor import Actor
from taihe.ground.rules import rule
from taihe.ground.scanning import Limits, ScanReport, SecretMarkFound, scan

from .actions import Prepared, attach, keep_incident, refuse_unclean
from .errors import FileChanged, FileTooLarge
from .models import Attachment
from .owners import Owner, require_registered
from .queries import require_room_today, zone_store
from .store import MB, Readable


@dataclass(frozen=True)
class Terms:
    """What one place takes: at most `mb` megabytes (never more than the rule), only `kinds` when given.

    Kinds are those of ``scanning.allowed_kinds``, e.g. ``{"png", "jpg"}`` for a portrait.
    """

    mb: int | None = None
    kinds: Collection[str] | None = None

    @property
    def bytes(self) -> int:
        """The size limit in bytes."""
        most: int = rule("files.file_mb")
        return min(most, self.mb or most) * MB

    def limits(self) -> Limits:
        """The scan's limits under these terms."""
        limits = Limits.current()
        kept = {kind: names for kind, names in limits.allowed_kinds.items() if self.kinds is None or kind in self.kinds}
        return replace(limits, allowed_kinds=kept, file_bytes=min(limits.file_bytes, self.bytes))


ANYTHING = Terms()


def receive(
    actor: Actor, upload: UploadedFile[bytes], owner: Owner, *, purpose: str, terms: Terms = ANYTHING
) -> Attachment:
    """Take one uploaded file in and attach it.  For a form of many fields use `prepare`, then `attach` in its action.

    Raises what `prepare` and `attach` raise.
    """
    return attach(actor, prepare(actor, upload, owner, terms=terms), owner, purpose=purpose)


def prepare(actor: Actor, upload: UploadedFile[bytes], owner: Owner, *, terms: Terms = ANYTHING) -> Prepared:
    """Look at an uploaded file and, when it is clean, put it in the store; must not run inside an action.

    Raises FileTooLarge, FileTooMany, StoreFull, FileRefused, FileHeld or SecretMarkFound; each leaves
    nothing of the content, and a secret mark leaves an incident.
    """
    _must_stand_alone()
    require_registered(owner.type)
    if upload.size is not None and upload.size > terms.bytes:
        raise FileTooLarge(limit_mb=terms.bytes // MB)
    require_room_today(actor, upload.size or 0)
    name = upload.name or ""
    upload.seek(0)
    with zone_store().draft(upload, limit=terms.bytes) as draft:
        report = scan(draft.path, filename=name, declared_type=upload.content_type, limits=terms.limits())
        if report.verdict == "clean" and report.sha256 == draft.sha256:
            return Prepared(draft.keep(), name, report.true_type.mime, _summary(report))
    if report.secret_mark_found:
        upload.close()  # Django's own copy of the bytes goes too
        keep_incident(actor, report, owner)
        raise SecretMarkFound(digest=report.sha256)
    refuse_unclean(actor, report, owner)
    raise FileChanged()


def examine(actor: Actor, upload: UploadedFile[bytes], owner_type: str) -> None:
    """Look at an uploaded file that is read at once and never stored (an import); must not run inside an action.

    Raises FileTooLarge, FileRefused, FileHeld or SecretMarkFound, recorded as for any other file.
    """
    _must_stand_alone()
    terms, owner = ANYTHING, Owner(owner_type, "")
    if upload.size is not None and upload.size > terms.bytes:
        raise FileTooLarge(limit_mb=terms.bytes // MB)
    upload.seek(0)
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        shutil.copyfileobj(upload, copy)
        copy.flush()
        report = scan(
            Path(copy.name), filename=upload.name or "", declared_type=upload.content_type, limits=terms.limits()
        )
    upload.seek(0)
    if report.secret_mark_found:
        upload.close()
        keep_incident(actor, report, owner)
        raise SecretMarkFound(digest=report.sha256)
    if report.verdict != "clean":
        refuse_unclean(actor, report, owner)


def made_here(stream: Readable, *, name: str, mime: str, looked_at: str) -> Prepared:
    """Store a file of our own making, or one that was scanned on its way; `looked_at` says which, for the record.

    Raises StoreFull.  May run inside an action: what is then rolled back leaves a file that is swept.
    """
    stored = zone_store().put(stream)
    return Prepared(stored, name, mime, {"verdict": "clean", "sha256": stored.sha256, "by": looked_at})


def _summary(report: ScanReport) -> dict[str, object]:
    return {
        "verdict": report.verdict,
        "sha256": report.sha256,
        "kind": report.true_type.kind,
        "engines": list(report.engines),
        "codes": sorted(report.codes),
        "seconds": report.seconds,
    }


def _must_stand_alone() -> None:
    """A scan may take a minute: inside a transaction it would hold up everybody, and an incident could be undone."""
    try:
        current_frame()
    except NotRecorded:
        return
    raise RuntimeError("files are prepared before the action, not inside it")
