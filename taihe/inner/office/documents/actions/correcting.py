"""换版更正: page 3 was wrong after 分发.  A new document is drafted from the old text and goes the whole way again.

Nothing of an issued document is changed: the corrected one has its own signing, number and seal, and the old one
stays in force until the new one goes out (see `distributing`).
"""

from __future__ import annotations

from typing import Any

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, NotAllowed
from taihe.ground.files.actions import Prepared, attach
from taihe.ground.files.models import Attachment as File
from taihe.ground.files.owners import Owner
from taihe.ground.files.store import Stored
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import may, permission_title

from ..content import Content
from ..errors_distributing import CorrectionUnderWay
from ..fields import PLAIN, Fields, Line
from ..models import Addressee, Document, DocumentVersion
from ..paper import OWNER
from ..queries.distributing import correction_of
from ..rights import DRAFT, REGISTER
from . import drafting
from .deliveries import require_in_force, why


@action("documents.begin_correction")
def begin_correction(actor: Actor, pk: int, reason: str) -> Document:
    """更正稿 of an issued document: same title, addressees and content, checked out to whoever began it.

    Raises Missing, NotAllowed, NotInForce, CorrectionUnderWay, BadInput, and what `drafting.create` raises.
    """
    old = (
        Document.objects.select_for_update(of=("self",))
        .select_related("series__office", "drafting_organ")
        .filter(pk=pk)
        .first()
    )
    if old is None:
        raise Missing(what="这份公文")
    organ = _drafting_organ(actor, old)
    require_in_force(old, "换版更正")
    said = why(reason, "更正原因")
    known = correction_of(old)
    if known is not None:
        raise CorrectionUnderWay(title=old.title, who=known.drafter_name, status=known.get_state_display())
    made = drafting.create(actor, series_pk=old.series_id, genre=old.genre, drafting_organ_pk=organ.pk)
    made.replaces = old
    made.save(update_fields=["replaces"])
    content = _with_own_pictures(actor, made, _signed_content(old))
    drafting.autosave(actor, made.pk, made.version, content, _fields(old, said))
    made.refresh_from_db()
    record(made, detail={"replaces": old.pk, "number": old.number, "reason": said})
    return made


def _drafting_organ(actor: Actor, old: Document) -> Organ:
    """Where the correction is drafted: where the old one was, or in the issuing office.  Raises NotAllowed."""
    if may(actor, DRAFT, old.drafting_organ):
        return old.drafting_organ
    if not may(actor, REGISTER, old.series.office):
        raise NotAllowed(what=permission_title(DRAFT))
    return old.series.office


def _signed_content(old: Document) -> Content:
    row = DocumentVersion.objects.get(document=old, number=old.signed_version or 0)
    return Content.model_validate(row.content)


def _fields(old: Document, reason: str) -> Fields:
    lines = tuple(
        Line(role=one.role, text=one.text, group=one.group, organ=one.organ_id)  # type: ignore[arg-type]
        for one in Addressee.objects.filter(document=old).order_by("-role", "order")
    )
    kept: dict[str, Any] = {name: getattr(old, name) for name in PLAIN}
    kept |= {"basis": f"更正{old.number}：{reason}"[:300], "reasons": old.reasons, "cosigners": tuple(old.cosigners)}
    return Fields(**kept, addressees=lines)


def _with_own_pictures(actor: Actor, made: Document, content: Content) -> Content:
    """The content with its pictures attached to the new document, which reads only its own files."""
    data = content.model_dump(mode="json")
    places = [block for blocks in _all_blocks(data) for block in blocks if block["kind"] == "picture"]
    keys = {block["key"] for block in places}
    copies = {
        row.key: attach(
            actor,
            Prepared(Stored(row.sha256, row.size), row.name, row.mime, row.scan),
            Owner(OWNER, str(made.pk)),
            purpose=row.purpose,
        ).key
        for row in File.objects.filter(key__in=keys, removed_at__isnull=True, owner_type=OWNER)
    }
    for block in places:
        block["key"] = copies.get(block["key"], block["key"])
    return Content.model_validate(data)


def _all_blocks(data: dict[str, Any]) -> list[list[dict[str, Any]]]:
    papers = [data, *([data["issued"]] if data["issued"] else []), *data["attachments"]]
    return [one["blocks"] for one in papers]
