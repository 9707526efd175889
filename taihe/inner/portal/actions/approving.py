"""批准: the content that reviewers saw is signed, and the bake is promised."""

from __future__ import annotations

from datetime import datetime

from wagtail.models import Page, Revision

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.outbox.actions import enqueue

from ..approving import sign_approval
from ..models import Approval, Column, Submission, Withdrawal


@action("portal.approve")
def approve(actor: Actor, row: Submission) -> Approval:
    """Sign the reviewed content of a submission.  Called by the end of the flow alone.

    The time of publication is the server's: of the first approval, and after a withdrawal a new one.
    """
    now = clock.now()
    reviewers = [one for one in row.reviewers if not one["void"] and one["outcome"] == "approve"]
    approval = Approval(
        page_id=row.page_id,
        kind=row.kind,
        title=row.title,
        submission=row,
        organ_code=row.organ.code,
        content=row.content,
        digest=row.digest,
        reviewers=[{key: one[key] for key in ("node", "title", "id", "name", "post", "at")} for one in reviewers],
        approved_at=now,
        published_at=first_published(row.page_id) or now,
    )
    sign_approval(approval)
    approval.save(force_insert=True)
    _follow(row)
    enqueue("portal.bake", {}, dedupe="portal.bake")
    record(approval, after={"digest": row.digest}, detail={"page": row.page_id, "digest": row.digest})
    return approval


def first_published(page_id: int) -> datetime | None:
    """When the page was first published in its present life; None when it is new or was withdrawn since."""
    void = Withdrawal.objects.filter(page_id=page_id).order_by("-after").values_list("after", flat=True).first() or 0
    rows = Approval.objects.filter(page_id=page_id, id__gt=void).order_by("id")
    return rows.values_list("published_at", flat=True).first()


def _follow(row: Submission) -> None:
    """The desk's rows follow what was approved, so that menus show its titles and a column its organ."""
    Page.objects.filter(pk=row.page_id).update(title=row.title)
    revision = Revision.objects.filter(pk=row.revision_id).first() if row.kind == "column" else None
    if revision is None:
        return
    page = revision.as_object()
    fields = (
        "organ_id", "description", "keywords", "column_type", "risk", "order", "in_nav", "home_slot", "is_channel",
        "channel_colour", "channel_intro",
    )  # fmt: skip
    Column.objects.filter(pk=row.page_id).update(**{one: getattr(page, one) for one in fields})
    Page.objects.filter(pk=row.page_id).update(slug=page.slug)
