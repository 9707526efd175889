"""用印: asked for by the keeper, carried out by the worker, completed in one stroke.

What the worker draws and signs is nothing until `finish`: there the sealed paper, the seal's register and the
completed step come about together, or not at all.  A death before it leaves a request that is carried out again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.files.actions import Prepared, attach
from taihe.ground.files.owners import Owner
from taihe.ground.killpoints import killpoint
from taihe.ground.outbox.actions import enqueue
from taihe.ground.rules import rule
from taihe.inner.seals import api
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.actions.rows import at_desk
from taihe.inner.workflow.models import WorkItem

from .. import guards
from ..errors_flow import CannotSeal, SealingUnderWay, WrongStage
from ..flow_rows import held, held_alone
from ..models import Document, SealJob
from ..paper import OWNER
from ..states import JobState, State
from .flowing import keep, move

KIND = "documents.seal"
ORIGINAL = "正本"
_ACTOR = frozenset(one.name for one in fields(Actor))


@dataclass(frozen=True)
class Sealed:
    """A paper with its seal, in the store: what `finish` takes."""

    prepared: Prepared
    pages: int
    sha256_before: str
    seal: int


@action("documents.ask_seal")
def ask(actor: Actor, item_pk: int, version: int) -> SealJob:
    """Have the seal put on the signed text of the document at this step.

    By a holder of the series' seal, at the step 用印 on the own desk.  Raises WrongStage, ChangedSinceSigning,
    SealingUnderWay, what the seal's own register raises, NotYourItem, ItemClosed, StaleVersion.
    """
    at = at_desk(actor, item_pk, version, "用印")
    if at.instance.kind != guards.KIND or at.item.node != "seal":
        raise Missing(what="该用印事项")
    document = held_alone(int(at.instance.subject_id))
    if document.state != State.NUMBERED:
        raise WrongStage(title=document.title, state=document.get_state_display(), verb="用印")
    if SealJob.objects.filter(document=document, state=JobState.ASKED).exists():
        raise SealingUnderWay(title=document.title)
    guards.require_signed_text(document)
    guards.require_clean(document, "seal")
    seal = api.require_seal(actor, document.series.seal_organ)
    item = at.item if at.item.officer_id else workflow.claim(actor, item_pk, version)
    document.printed_on = clock.today()  # 印发日期 stands on the paper that is sealed
    keep(document)
    job = SealJob.objects.create(
        document=document,
        item_id=item.pk,
        item_version=item.version,
        digest=document.signed_digest,
        actor={**asdict(actor), "seal": seal.pk},
        operator_name=str(actor)[:80],
        asked_at=clock.now(),
    )
    enqueue(KIND, {"job": job.pk}, dedupe=f"{KIND}:{job.pk}")
    record(document, after=snapshot(job), detail={"job": job.pk, "seal": seal.pk, "digest": job.digest})
    return job


def keeper_of(job: SealJob) -> Actor:
    """The keeper as he asked."""
    return Actor(**{key: value for key, value in job.actor.items() if key in _ACTOR})


@action("documents.begin_seal")
def begin(actor: Actor, job_pk: int) -> SealJob | None:
    """Count a try; None when it was done or dropped, or was tried too often and is given up.  Raises Missing."""
    job = _locked(job_pk)
    before = snapshot(job)
    if job.state == JobState.ASKED:
        job.attempts += 1
        if job.attempts > rule("documents.seal_attempts"):
            _failed(job, "多次尝试都没有完成，请联系系统管理员查看运行日志。")
        job.save(update_fields=["attempts", "state", "fault", "ended_at"])
    record(job.document, before=before, after=snapshot(job), detail={"job": job.pk, "attempt": job.attempts})
    return job if job.state == JobState.ASKED else None


@action("documents.fail_seal")
def fail(actor: Actor, job_pk: int, why: str) -> SealJob:
    """It could not be done: the keeper reads why and may ask again.  Raises Missing."""
    job = _locked(job_pk)
    before = snapshot(job)
    if job.state == JobState.ASKED:
        _failed(job, why)
        job.save(update_fields=["state", "fault", "ended_at"])
    record(job.document, before=before, after=snapshot(job), detail={"job": job.pk, "why": why})
    return job


def _failed(job: SealJob, why: str) -> None:
    job.state, job.fault, job.ended_at = JobState.FAILED, why[:500], clock.now()


@action("documents.finish_seal")
def finish(actor: Actor, job_pk: int, sealed: Sealed) -> SealJob:
    """The sealed paper becomes the original, the use is registered, the step is completed in the keeper's name.

    Looks again at everything `ask` looked at.  A job done or dropped meanwhile changes nothing.  Raises
    CannotSeal, ChangedSinceSigning, and whatever the seal's register or the flow raises.
    """
    document = held(_locked(job_pk).document_id)
    job = _locked(job_pk)
    before = snapshot(document)
    if job.state == JobState.ASKED:
        _complete(actor, job, document, sealed)
    record(document, before=before, after=snapshot(document), detail={"job": job.pk, "state": job.state})
    return job


def _complete(actor: Actor, job: SealJob, document: Document, sealed: Sealed) -> None:
    keeper = keeper_of(job)
    if document.state != State.NUMBERED or document.signed_digest != job.digest:
        raise CannotSeal(title=document.title, why="公文已退回或正文已修改。")
    guards.require_signed_text(document)
    seal = api.require_seal(keeper, document.series.seal_organ)
    if seal.pk != sealed.seal:
        raise CannotSeal(title=document.title, why="印章已更换。")
    row = attach(actor, sealed.prepared, Owner(OWNER, str(document.pk)), purpose=ORIGINAL)
    document.pdf, document.pdf_sha256, document.pages = row.key, row.sha256, sealed.pages
    move(document, State.SEALED)
    keep(document)
    killpoint("documents.seal_attached")
    api.note_use(
        keeper,
        seal.pk,
        subject_type=OWNER,
        subject_id=str(document.pk),
        number=document.number,
        title=document.title,
        sha256_before=sealed.sha256_before,
        sha256_after=row.sha256,
        approved_by=document.signer_name,
    )
    item = WorkItem.objects.get(pk=job.item_id)
    workflow.complete(keeper, item.pk, item.version, outcome="done")
    document.refresh_from_db()
    job.state, job.ended_at, job.fault = JobState.DONE, clock.now(), ""
    job.save(update_fields=["state", "ended_at", "fault"])
    killpoint("documents.seal_written")


def _locked(pk: int) -> SealJob:
    row = SealJob.objects.select_for_update(of=("self",)).select_related("document").filter(pk=pk).first()
    if row is None:
        raise Missing(what="这次用印")
    return row
