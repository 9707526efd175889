"""What the office's own pages show: submissions, where each page stands, withdrawals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length, Substr
from wagtail.models import Page

from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, NotAllowed
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import may, scopes_of, within

from .. import rights
from ..content import PageContent, read_content
from ..differences import Change, changes, named_pages
from ..models import Approval, Article, Release, Submission, Withdrawal
from ..offers import PREFIX, WAITING, changed
from .desk import below

STEP = 4  # characters of one level in the tree's paths
ALL = (rights.EDIT, *rights.REVIEWS, rights.WITHDRAW, rights.STRUCTURE)
DRAFT, REVIEW, RETURNED, APPROVED, ONLINE, WITHDRAWN = "草稿", "审核中", "已退回", "已批准", "已上线", "已撤稿"


def submission(pk: int) -> Submission:
    """One submission with its organ.  Raises Missing."""
    found = Submission.objects.select_related("organ").filter(pk=pk).first()
    if found is None:
        raise Missing(what="该送审")
    return found


def may_see(actor: Actor, row: Submission) -> bool:
    """Its author, and everybody with a part in the pages of its organ."""
    return row.author_id == actor.person_id or any(may(actor, one, row.organ) for one in ALL)


def visible(actor: Actor, pk: int) -> Submission:
    """One submission.  Raises Missing, NotAllowed."""
    row = submission(pk)
    if not may_see(actor, row):
        raise NotAllowed(what="查看该送审")
    return row


def before(row: Submission) -> PageContent | None:
    """The content approved before this submission; None for a new page."""
    rows = Approval.objects.filter(page_id=row.page_id).exclude(submission=row)
    if row.decided_at:
        rows = rows.filter(approved_at__lt=row.decided_at)
    last = rows.order_by("-id").first()
    return read_content(last.content) if last else None


def differences(row: Submission) -> tuple[list[Change], bool]:
    """What is new against the last approved form, and whether there was one."""
    old, new = before(row), read_content(row.content)
    pages = Page.objects.filter(pk__in=named_pages(old) | named_pages(new))
    names = {pk: draft or title for pk, draft, title in pages.values_list("pk", "draft_title", "title")}
    return changes(old, new, names), old is not None


def shown(row: Submission) -> dict[str, Any]:
    """What the panels of one submission are drawn from."""
    found, has_old = differences(row)
    return {
        "submission": row,
        "findings": row.screening.get("findings", []),
        "changes": found,
        "has_old": has_old,
        "unread": bool(row.content.get("downloads") or row.content.get("pictures") or row.content.get("lead")),
        "given": [one for one in row.reviewers if not one["void"]],
        "secrecy_title": row.get_secrecy_opinion_display() if row.secrecy_opinion else "",
    }


@dataclass(frozen=True)
class Standing:
    """Where one page stands.  `seconds` from approval to the public's eyes, when known."""

    page_id: int
    title: str
    state: str
    where: str = ""
    column: str = ""
    at: datetime | None = None
    submission_id: int | None = None
    edited: bool = False
    published_at: datetime | None = None
    seconds: int | None = None
    note: str = ""


def mine(actor: Actor, *, everybody: bool = False) -> QuerySet[Article]:
    """Articles that the actor wrote or sent in, and those offered to the editors that nobody has sent in yet.

    With `everybody`, all of the columns he may write in.
    """
    roots = below(scopes_of(actor, rights.EDIT))
    if not roots:
        none: QuerySet[Article] = Article.objects.none()
        return none
    inside = Q(pk__in=[])
    for one in roots:
        inside |= Q(path__startswith=one.path)
    rows: QuerySet[Article] = Article.objects.filter(inside)
    if not everybody:
        sent = Submission.objects.filter(author_id=actor.person_id).values("page_id")
        waiting = Q(slug__startswith=PREFIX) & ~Q(Exists(Submission.objects.filter(page_id=OuterRef("pk"))))
        own = Q(owner_id=int(actor.person_id)) | Q(pk__in=sent) | waiting
        rows = rows.filter(own) if actor.person_id.isdigit() else rows
    above = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - STEP)
    title = Subquery(Page.objects.filter(path=above).values("title")[:1])
    rows = rows.annotate(column_title=title)
    return rows.order_by("-latest_revision_created_at", "-pk")


def standings(pages: Iterable[Article]) -> list[Standing]:
    """Where each of these pages of `mine` stands (4 queries however many)."""
    rows = list(pages)
    changes_of = changed(rows)
    ids = [one.pk for one in rows]
    latest = Submission.objects.filter(page_id__in=ids).values("page_id").annotate(last=Max("id")).values("last")
    sent = {one.page_id: one for one in Submission.objects.filter(id__in=latest).defer("content")}
    newest = Approval.objects.filter(page_id__in=ids).values("page_id").annotate(last=Max("id")).values("last")
    void = Withdrawal.objects.filter(page_id=OuterRef("page_id")).order_by("-after").values("after")[:1]
    known = Approval.objects.filter(id__in=newest).defer("content").annotate(gone=Subquery(void))
    approved = {one.page_id: one for one in known}
    served = _served(min((one.approved_at for one in approved.values()), default=None))
    found = [_standing(one, sent.get(one.pk), approved.get(one.pk), served) for one in rows]
    offered = {one.pk for one in rows if one.slug.startswith(PREFIX) and one.pk not in sent}
    return [replace(one, note=changes_of.get(one.page_id, WAITING if one.page_id in offered else "")) for one in found]


def note_on(page_id: int) -> str:
    """What an editor must know of the source of an offered article; empty for all others."""
    return changed(Article.objects.filter(pk=page_id, slug__startswith=PREFIX)).get(page_id, "")


def _standing(
    page: Page,
    sent: Submission | None,
    approved: Approval | None,
    served: list[tuple[datetime, datetime]],
) -> Standing:
    public = approved if approved is not None and approved.pk > (getattr(approved, "gone", 0) or 0) else None
    state, at, seconds = DRAFT, page.latest_revision_created_at, None
    if public is not None:
        seen = next((seen for made, seen in served if made >= public.approved_at), None)
        state, at = (ONLINE, seen) if seen else (APPROVED, public.approved_at)
        seconds = round((seen - public.approved_at).total_seconds()) if seen else None
    elif approved is not None:
        state, at = WITHDRAWN, approved.approved_at
    where = ""
    if sent is not None and sent.status == Submission.Status.OPEN:
        state, at, where = REVIEW, sent.submitted_at, _where(sent)
    elif sent is not None and sent.status == Submission.Status.RETURNED:
        state, at = RETURNED, sent.decided_at
    last = sent.revision_id if sent is not None else None
    edited = bool(last and page.latest_revision_id and page.latest_revision_id != last)
    return Standing(
        page_id=page.pk,
        title=page.draft_title or page.title,
        state=state,
        where=where,
        column=getattr(page, "column_title", None) or "",
        at=at,
        submission_id=sent.pk if sent else None,
        edited=edited,
        published_at=public.published_at if public else None,
        seconds=seconds,
    )


def _where(row: Submission) -> str:
    done = {one["node"] for one in row.reviewers if not one["void"]}
    steps = [("first", "待初审"), ("second", "待复审"), ("final", "待终审")]
    wanted = [one for one in steps if one[0] != "second" or row.levels == len(steps)]
    return next((title for node, title in wanted if node not in done), "")


def _served(since: datetime | None) -> list[tuple[datetime, datetime]]:
    """When releases were made and seen by the public, oldest first."""
    if since is None:
        return []
    rows = Release.objects.filter(served_at__isnull=False, made_at__gte=since).order_by("made_at")
    return [(made, seen) for made, seen in rows.values_list("made_at", "served_at") if seen]


def withdrawals(actor: Actor) -> QuerySet[Withdrawal]:
    """Withdrawals of the organs whose pages the actor may withdraw or write, newest first."""
    paths = (*scopes_of(actor, rights.WITHDRAW), *scopes_of(actor, rights.EDIT))
    codes = Organ.objects.filter(within(paths)).values("code")
    pages = Approval.objects.filter(organ_code__in=codes).values("page_id")
    return Withdrawal.objects.filter(page_id__in=pages).select_related("check_row").order_by("-id")


def withdrawal(actor: Actor, pk: int) -> Withdrawal:
    """One withdrawal the actor may know of.  Raises Missing."""
    found = withdrawals(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(what="该撤稿记录")
    return found


def public_pages(actor: Actor, text: str = "") -> QuerySet[Approval]:
    """Newest approvals of public pages that the actor may withdraw, newest first."""
    codes = Organ.objects.filter(within(scopes_of(actor, rights.WITHDRAW))).values("code")
    void = dict(Withdrawal.objects.values_list("page_id").annotate(last=Max("after")))
    latest = Approval.objects.values("page_id").annotate(last=Max("id")).values_list("page_id", "last")
    rows = Approval.objects.filter(pk__in=[last for page, last in latest if last > void.get(page, 0)])
    rows = rows.filter(organ_code__in=codes).defer("content").order_by("-id")
    return rows.filter(title__icontains=text) if text else rows


def public_page(actor: Actor, page_id: int) -> Approval:
    """The newest approval of a public page that the actor may withdraw.  Raises Missing, NotAllowed."""
    last = Approval.objects.filter(page_id=page_id).order_by("-id").first()
    if last is None:
        raise Missing(what="该页面")
    organ = Organ.objects.filter(code=last.organ_code).first()
    if organ is None or not may(actor, rights.WITHDRAW, organ):
        raise NotAllowed(what="撤稿")
    return last
