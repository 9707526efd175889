"""三审 as the flow sees it: who reviews at each level, who may not, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse

from taihe.ground.actor import Actor
from taihe.inner.people.permissions import require
from taihe.inner.workflow.models import ProcessInstance, WorkItem
from taihe.inner.workflow.registry import Signer, SubjectKind, register_subject

from . import actions
from .actions.reviewing import NODES, cancelled
from .actions.submitting import KIND
from .errors import NoReviewer, OwnText
from .forms import SecrecyForm
from .models import Submission
from .queries import reading
from .queries.reviewers import reviewers
from .rights import FINAL, FIRST, SECOND

ROLES = dict(zip(NODES, (FIRST, SECOND, FINAL), strict=True))
LEVELS = dict(zip(NODES, ("初审", "复审", "终审"), strict=True))


def submission_of(instance: ProcessInstance) -> Submission:
    """The submission that a flow carries.  Raises Missing."""
    return reading.submission(int(instance.subject_id))


class PageReview(SubjectKind):
    """Review of one submission; its content never changes on the way."""

    kind = KIND
    module = "portal"
    module_title = "网站稿件"
    flow = "portal_review"
    sheet_title = "稿件审核单"

    # -- who --------------------------------------------------------------------------------------

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        row = submission_of(instance)
        found = reviewers(role, row.organ, without=_barred(row, node))
        if not found:
            raise NoReviewer(level=LEVELS.get(node, node), organ=row.organ.short_name)
        return [Signer(post, officer) for post, officer in found]

    def skips(self, instance: ProcessInstance) -> frozenset[str]:
        """A review at two levels has no 复审."""
        return frozenset({"second"}) if instance.context.get("levels") == 2 else frozenset()

    # -- checks -------------------------------------------------------------------------------------

    def guard(self, actor: Actor, item: WorkItem, outcome: str) -> None:
        """Neither a writer nor who reviewed already, in whatever post and for whomever; and only with the right."""
        row = submission_of(item.instance)
        require(actor, ROLES[item.node], row.organ)
        people = {actor.person_id} | ({str(item.officer_id)} if item.officer_id else set())
        _check_people(row, item.node, people, str(actor))

    def guard_signer(self, actor: Actor, instance: ProcessInstance, node: str, signer: Signer) -> None:
        row = submission_of(instance)
        may = reviewers(ROLES[node], row.organ, without=_barred(row, node))
        if (signer.post_id, signer.officer_id) not in may and not _holds_post(signer, may):
            raise NoReviewer(level=LEVELS[node], organ=row.organ.short_name)

    # -- news -------------------------------------------------------------------------------------------

    def decided(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        actions.note_review(
            actor,
            int(instance.subject_id),
            node=item.node,
            node_title=item.node_title,
            outcome=item.outcome,
            opinion=item.opinion,
            fields=item.data or {},
        )

    def returned(self, actor: Actor, instance: ProcessInstance, node: str, reason: str) -> None:
        actions.send_back_to_author(actor, int(instance.subject_id), reason=reason, node=node)

    def withdrawn(self, actor: Actor, instance: ProcessInstance) -> None:
        cancelled(actor, int(instance.subject_id))

    def cancelled(self, actor: Actor, instance: ProcessInstance, reason: str) -> None:
        cancelled(actor, int(instance.subject_id))

    def finished(self, actor: Actor, instance: ProcessInstance, end: str) -> None:
        actions.finish(actor, int(instance.subject_id), end)

    # -- pages --------------------------------------------------------------------------------------------

    def url(self, instance: ProcessInstance) -> str:
        return reverse("portal:submission", args=[instance.subject_id])

    def summary(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        return "inner_portal/sheet.html", {"submission": submission_of(instance)}

    def body(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        return "inner_portal/review_body.html", reading.shown(submission_of(instance))

    def form(self, form: str) -> type[forms.Form] | None:
        return SecrecyForm if form == "portal.secrecy" else None

    def may_view(self, actor: Actor, instance: ProcessInstance) -> bool:
        return reading.may_see(actor, submission_of(instance))


def _barred(row: Submission, node: str) -> set[str]:
    """Ids of persons who may not review at a level: writers, and who approved at another level."""
    others = {one["id"] for one in row.reviewers if not one["void"] and one["node"] != node}
    return {row.author_id, *row.writers} | others


def _check_people(row: Submission, node: str, people: set[str], who: str) -> None:
    if people & {row.author_id, *row.writers}:
        raise OwnText(who=who, why="是本稿的撰写人", title=row.title)
    if people & _barred(row, node):
        raise OwnText(who=who, why="已经审核过本稿", title=row.title)


def _holds_post(signer: Signer, may: Sequence[tuple[int, int]]) -> bool:
    return signer.officer_id is None and any(post == signer.post_id for post, _ in may)


register_subject(PageReview())
