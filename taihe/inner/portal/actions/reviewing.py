"""What the flow tells of a submission: opinions of each level, returned, called back, approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing, NotAllowed
from taihe.inner.workflow import actions as workflow

from ..errors import NotOnline, ReviewIncomplete
from ..models import Submission
from .approving import approve

NODES = ("first", "second", "final")
STATUS = Submission.Status


def locked(pk: int) -> Submission:
    """The submission, locked.  Raises Missing."""
    row = Submission.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=pk).first()
    if row is None:
        raise Missing(what="该送审")
    return row


def _save(row: Submission, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version"])


@action("portal.review")
def note_review(
    actor: Actor, pk: int, *, node: str, node_title: str, outcome: str, opinion: str, fields: Mapping[str, Any]
) -> Submission:
    """Keep one level's opinion; the first level's holds the secrecy review (保密审查).

    Raises BadInput when the first level approves without saying the content may be public, or without
    confirming what was let pass.
    """
    row = locked(pk)
    before = snapshot(row)
    if node == NODES[0] and outcome == "approve":
        _secrecy(actor, row, fields)
    row.reviewers = [
        *row.reviewers,
        {
            "node": node, "title": node_title, "id": actor.person_id, "name": str(actor),
            "post": f"{actor.organ_name} {actor.post_name}".strip(), "at": clock.now().isoformat(),
            "outcome": outcome, "opinion": opinion[:500], "void": False,
        },
    ]  # fmt: skip
    _save(
        row, "reviewers", "secrecy_opinion", "secrecy_ground", "secrecy_by_name", "secrecy_at",
        "override_by_id", "override_by_name",
    )  # fmt: skip
    detail = {"node": node, "outcome": outcome, "digest": row.digest, "secrecy": row.secrecy_opinion}
    record(row, before=before, after=snapshot(row), detail=detail)
    return row


def _secrecy(actor: Actor, row: Submission, fields: Mapping[str, Any]) -> None:
    opinion = str(fields.get("secrecy") or "")
    if opinion != Submission.Opinion.OPEN:
        raise BadInput(
            what="保密审查意见不是“公开”的，不能同意发布，请退回并写明原因。" if opinion else "请填写保密审查意见。"
        )
    ground = str(fields.get("ground") or "").strip()
    if not ground:
        raise BadInput(what="请填写保密审查的依据。")
    if row.override_reason and not fields.get("let_pass"):
        raise BadInput(what=f"作者申请放行检查出的用词（理由：{row.override_reason}），同意前请勾选确认。")
    row.secrecy_opinion, row.secrecy_ground = opinion, ground[:200]
    row.secrecy_by_name, row.secrecy_at = str(actor)[:80], clock.now()
    if row.override_reason:
        row.override_by_id, row.override_by_name = actor.person_id, str(actor)[:80]


@action("portal.return")
def send_back_to_author(actor: Actor, pk: int, *, reason: str = "", node: str = "") -> Submission:
    """Returned: to the author (no node), or to an earlier level, whose and later opinions then are void."""
    row = locked(pk)
    before = snapshot(row)
    if node:
        void = NODES[NODES.index(node) :] if node in NODES else NODES
        row.reviewers = [one | {"void": True} if one["node"] in void else one for one in row.reviewers]
    else:
        row.status, row.decided_at = STATUS.RETURNED, clock.now()
    _save(row, "reviewers", "status", "decided_at")
    record(row, before=before, after=snapshot(row), detail={"node": node, "reason": reason[:200]})
    return row


@action("portal.finish_review")
def finish(actor: Actor, pk: int, end: str) -> Submission:
    """The flow has ended: an approved content is approved by us, anything else goes back to the author.

    Raises ReviewIncomplete when levels are missing, or two of them, or the author, are one person.
    """
    row = locked(pk)
    if end != "approved":
        send_back_to_author(actor, pk)
        record(row, detail={"end": end})
        return row
    if row.status != STATUS.OPEN:
        raise ReviewIncomplete(title=row.title, what="送审已撤回或被代替")
    _check_reviews(row)
    before = snapshot(row)
    row.status, row.decided_at = STATUS.APPROVED, clock.now()
    _save(row, "status", "decided_at")
    approve(actor, row)
    record(row, before=before, after=snapshot(row), detail={"digest": row.digest})
    return row


def _check_reviews(row: Submission) -> None:
    """G06: the secrecy review, and as many different persons as there are levels, none of them a writer."""
    said = {one["node"]: one["id"] for one in row.reviewers if not one["void"] and one["outcome"] == "approve"}
    wanted = NODES if row.levels == len(NODES) else (NODES[0], NODES[-1])
    if missing := [one for one in wanted if one not in said]:
        raise ReviewIncomplete(title=row.title, what=f"缺少{len(missing)}级审核意见")
    people = [said[one] for one in wanted]
    if len(set(people)) < len(people) or set(people) & {*row.writers, row.author_id}:
        raise ReviewIncomplete(title=row.title, what="各级审核人和撰写人须为不同人员")
    if row.secrecy_opinion != Submission.Opinion.OPEN:
        raise ReviewIncomplete(title=row.title, what="没有保密审查意见")
    if row.override_reason and not row.override_by_id:
        raise ReviewIncomplete(title=row.title, what="放行没有第二人确认")


@action("portal.recall")
def recall(actor: Actor, pk: int, version: int, *, reason: str) -> Submission:
    """Call a submission back (撤回送审): by its author, while it is under review.

    Raises Missing, NotAllowed, NotOnline, BadInput, StaleVersion.
    """
    from taihe.ground.formsafety.versions import check_version

    row = locked(pk)
    if row.author_id != actor.person_id:
        raise NotAllowed(what="撤回他人的送审")
    check_version(row, version, "该送审")
    if row.status != STATUS.OPEN:
        raise NotOnline()
    if not reason.strip():
        raise BadInput(what="请写明撤回的原因。")
    before = snapshot(row)
    if row.instance_id:
        workflow.cancel(Actor.system("撤回送审"), row.instance_id, reason=f"作者撤回：{reason.strip()}")
    row.refresh_from_db()
    record(row, before=before, after=snapshot(row), detail={"reason": reason.strip()[:200]})
    return row


@action("portal.cancel_review")
def cancelled(actor: Actor, pk: int) -> Submission:
    """The flow was cancelled: so is the submission."""
    row = locked(pk)
    before = snapshot(row)
    row.status, row.decided_at = STATUS.CANCELLED, clock.now()
    _save(row, "status", "decided_at")
    record(row, before=before, after=snapshot(row))
    return row
