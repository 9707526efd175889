"""用印登记: a use is noted in the very transaction that keeps the sealed paper."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.inner.people.permissions import require

from ..errors import SealNotUsable
from ..models import Seal, SealState, SealUse
from ..rights import USE


@action("seals.note_use")
def note_use(
    actor: Actor,
    seal_pk: int,
    *,
    subject_type: str,
    subject_id: str,
    number: str,
    title: str,
    sha256_before: str,
    sha256_after: str,
    approved_by: str,
    copies: int = 1,
) -> SealUse:
    """Note that a seal was put on a paper; call it inside the action that keeps the sealed file.

    Raises NotAllowed, Missing, and SealNotUsable when the seal was suspended or destroyed meanwhile: then
    nothing is kept and the sealed bytes are thrown away.
    """
    seal = Seal.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=seal_pk).first()
    if seal is None:
        raise Missing(what="这枚印章")
    require(actor, USE, seal.organ)
    if not seal.usable_on(clock.today()):
        why = "不在有效期内" if seal.state == SealState.ACTIVE else f"已{seal.get_state_display().removeprefix('已')}"
        raise SealNotUsable(title=seal.title, why=why)
    row = SealUse.objects.create(
        seal=seal,
        seal_title=seal.title,
        organ=seal.organ,
        organ_name=seal.organ.name,
        at=clock.now(),
        subject_type=subject_type,
        subject_id=str(subject_id),
        number=number,
        title=title[:300],
        copies=copies,
        approved_by=approved_by,
        used_by_id=actor.person_id,
        used_by_name=str(actor),
        used_by_post=actor.post_name,
        sha256_before=sha256_before,
        sha256_after=sha256_after,
        serial=seal.serial,
    )
    record(
        seal,
        after={"use": row.pk, "sha256": sha256_after},
        detail={"number": number, "subject": f"{subject_type} {subject_id}", "sha256": sha256_after, "copies": copies},
    )
    return row
