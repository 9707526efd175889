"""What must hold before a step of 发文 is carried out; refusals name the clause (checks D04, D11, D14-D17)."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.inner.people.models import Organ, StandIn, in_force
from taihe.inner.workflow.models import Kind, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.registry import Signer, flow_permission
from taihe.inner.workflow.seats import seat_of

from . import checks
from .errors_flow import (
    ChangedSinceSigning,
    ChecksFailed,
    NobodyFits,
    NoNumber,
    NotAgreed,
    NotReviewed,
    NotTheSigner,
    OwnDraft,
    SeriesEnded,
    SigningNotDelegated,
    UseItsPage,
)
from .flow_rows import content_of, newest, valid_signing
from .models import Document
from .queries import signers
from .states import State

KIND = "documents.issue"
AGREED = ("sign", "read")
"""圈阅 on the signing step counts as 同意 (条例第二十二条)."""


def findings(document: Document, stage: str, *, measure: bool = False) -> list[checks.Finding]:
    """What the checks of a stage find in the text as it stands; `measure` draws the paper (outside transactions)."""
    return checks.run(document, content_of(newest(document)), stage=stage, measure=measure)


def require_clean(document: Document, stage: str) -> None:
    """Raises ChecksFailed while the checks of a stage find what blocks."""
    found = checks.blocking(findings(document, stage))
    if found:
        raise ChecksFailed(count=len(found), first=found[0].happened)


def require_series(document: Document) -> None:
    """Raises SeriesEnded (D17)."""
    series, today = document.series, clock.today()
    ended = series.active_to is not None and series.active_to < today
    if ended or series.active_from > today or not document.organ.holds_on(today):
        raise SeriesEnded(code=series.code, organ=document.organ_name)


def require_signed_text(document: Document) -> None:
    """Raises ChangedSinceSigning unless the newest text is the one a signature in force stands under (D15)."""
    signing = valid_signing(document)
    if signing is None or newest(document).digest != signing.digest or document.signed_digest != signing.digest:
        raise ChangedSinceSigning(title=document.title)


def draft(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """送审: the series stands, nothing blocks, and every 会签 organ has somebody to sign."""
    require_series(document)
    require_clean(document, "submit")
    missing = signers.unheaded(document) if document.cosigners else []
    if missing:
        raise NobodyFits(node="会签", where="、".join(missing))


def verify(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """The drafter, in whatever post and for whomever, does not verify."""
    people = {actor.person_id, str(item.officer_id or "")}
    if str(document.drafter_id) in people:
        raise OwnDraft(who=str(actor), title=document.title)


def cosign(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """Every organ may say what it likes."""


def office(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """审核 before 签发: agreed between departments, and nothing that would block the signature."""
    if document.direction == "down":
        against = _against(item.instance)
        if against:
            raise NotAgreed(who="、".join(against))
    require_clean(document, "sign")


def _against(instance: ProcessInstance) -> list[str]:
    """Organs that said 不同意 in the last round of 会签."""
    rows = WorkItem.objects.filter(instance=instance, node="cosign", kind=Kind.DO, status=Status.DONE)
    last = rows.order_by("-round").values_list("round", flat=True).first()
    return list(rows.filter(round=last or 0, outcome="disagree").values_list("post_organ_name", flat=True))


def sign(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """签发: reviewed by the office, by a post that may, in person or by written 授权."""
    require_signer(document, Signer(item.post_id, item.officer_id), str(actor))
    require_delegated(actor, document)
    if outcome not in AGREED:
        return
    require_series(document)
    done = WorkItem.objects.filter(instance=item.instance, node="office", kind=Kind.DO, status=Status.DONE)
    if not done.filter(outcome="agree").exists():
        raise NotReviewed(title=document.title)
    require_clean(document, "sign")


def require_signer(document: Document, signer: Signer, who: str) -> None:
    """Raises NotTheSigner for a post that may not sign this document (D04)."""
    may = {one.post.pk for one in signers.signing_posts(document)}
    if signer.post_id not in may:
        titles = "、".join(signers.signing_titles(document)) or "发文机关负责人"
        why = (
            "上行文和重要公文由主要负责人签发"
            if document.direction == "up" or document.important
            else "不是本发文机关可以签发的岗位"
        )
        organ = Organ.objects.filter(pk=document.series.sign_organ_id).values_list("short_name", flat=True).first()
        raise NotTheSigner(who=who, title=document.title, why=why, titles=f"{organ or ''}{titles}")


def require_delegated(actor: Actor, document: Document) -> None:
    """Raises SigningNotDelegated for a stand-in whose register entry does not name the matter itself."""
    seat = seat_of(actor)
    if seat is None or not seat.stands_in:
        return
    rows = StandIn.objects.filter(
        in_force(clock.today()),
        deputy_id=seat.person_id,
        principal__post_id=seat.post_id,
        principal__officer_id=seat.officer_id,
        status=StandIn.Status.ACTIVE,
        covers_all=False,
    )
    if not any(flow_permission(KIND) in one.permissions for one in rows):
        raise SigningNotDelegated(who=str(actor), title=document.title)


def recheck(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """复核: what was signed is what stands there."""
    require_signed_text(document)
    require_clean(document, "recheck")


def register(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """A number only after 签发 and 复核, in a series that stands (D16, D17)."""
    if document.state not in (State.SIGNED, State.NUMBERED):
        raise NoNumber(title=document.title)
    require_series(document)
    require_signed_text(document)
    require_clean(document, "number")


def seal(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """Completed by the worker once the sealed paper lies there."""
    if document.state != State.SEALED:
        raise UseItsPage(node=item.node_title)


def distribute(actor: Actor, document: Document, item: WorkItem, outcome: str) -> None:
    """Completed by the distribution itself."""
    if document.state != State.ISSUED:
        raise UseItsPage(node=item.node_title)


NODES = {one.__name__: one for one in (draft, verify, cosign, office, sign, recheck, register, seal, distribute)}
