"""送审: one form of one page goes to the reviewers."""

from __future__ import annotations

from wagtail.models import Page

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, StaleVersion
from taihe.inner.workflow import actions as workflow

from ..content import content_digest
from ..errors import ContentBlocked, InReview, NothingNew
from ..examining import Examined
from ..models import Submission
from ..preparing import HIGH, Prepared, require_writer, the_page

KIND = "portal.page"
SHORTEST_REASON = 4
OPEN, RETURNED, SUPERSEDED = Submission.Status.OPEN, Submission.Status.RETURNED, Submission.Status.SUPERSEDED


@action("portal.submit")
def submit(actor: Actor, prepared: Prepared, *, override_reason: str = "", urgency: str = "normal") -> Submission:
    """Send a prepared page in; the review begins at its first level.

    `override_reason` lets words that stop a text pass, when a second person confirms it at the first
    review; never secret marks or personal numbers.  Raises NotAllowed, StaleVersion (edited meanwhile),
    InReview, NothingNew, ContentBlocked, BadInput, and what starting the flow raises.
    """
    Page.objects.select_for_update(of=("self",)).filter(pk=prepared.page_id).first()
    page = the_page(prepared.page_id)
    require_writer(actor, page, prepared.organ)
    if page.latest_revision_id != prepared.revision_id or content_digest(prepared.content) != prepared.digest:
        raise StaleVersion(what="该页面")
    before = Submission.objects.select_for_update(of=("self",)).filter(
        page_id=prepared.page_id, status__in=(OPEN, RETURNED)
    )
    for earlier in before:
        if earlier.status == OPEN:
            raise InReview(title=earlier.title)
        earlier.status = SUPERSEDED
        earlier.version += 1
        earlier.save(update_fields=["status", "version"])
    if prepared.unchanged:
        raise NothingNew(title=prepared.content.title)
    reason = _let_pass(prepared.examined, override_reason)
    row = _row(actor, prepared, reason)
    row.save()
    instance = workflow.start(
        actor, KIND, str(row.pk), title=row.title, organ=prepared.organ, urgency=urgency,
        context={"levels": row.levels},
    )  # fmt: skip
    row.instance_id = instance.pk
    row.save(update_fields=["instance_id"])
    found = {one["rule"] for one in row.screening["findings"]}
    record(
        row,
        after=row.content,
        detail={
            "page": row.page_id, "digest": row.digest, "levels": row.levels, "level": row.screening["level"],
            "rules": sorted(found), "override": reason,
        },
    )  # fmt: skip
    return row


def _let_pass(examined: Examined, reason: str) -> str:
    """The reason for which stopping words may pass.  Raises ContentBlocked, BadInput."""
    if not examined.blocked:
        return ""
    told = "".join(f"{number}. {one.kept()['sentence']}" for number, one in enumerate(examined.blocked[:5], start=1))
    if not examined.overridable:
        fix = "请改去上述内容后保存，再送审；手机号等个人信息可以用“替我隐去”处理。"
        raise ContentBlocked(what=told, fix=fix)
    words = reason.strip()
    if not words:
        raise ContentBlocked(what=told, fix="请修改上述用词；确属必须使用的，请写明放行理由，由初审人确认。")
    if len(words) < SHORTEST_REASON:
        raise BadInput(what=f"请写明放行理由（不少于{SHORTEST_REASON}个字）。")
    return words[:200]


def _row(actor: Actor, prepared: Prepared, reason: str) -> Submission:
    writers = sorted({*prepared.writers, actor.person_id})
    return Submission(
        page_id=prepared.page_id,
        revision_id=prepared.revision_id,
        kind=prepared.content.kind,
        title=prepared.content.title,
        organ=prepared.organ,
        column_title=prepared.column_title[:120],
        content=prepared.content.model_dump(mode="json"),
        digest=prepared.digest,
        levels=HIGH if reason else prepared.levels,
        author_id=actor.person_id,
        author_name=str(actor)[:80],
        author_post=f"{actor.organ_name} {actor.post_name}".strip()[:120],
        writers=writers,
        screening=prepared.examined.kept(),
        override_reason=reason,
        submitted_at=clock.now(),
    )
