"""撤稿: a page leaves the site at once; another person looks at it afterwards; only a new review brings it back."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing, NotAllowed
from taihe.ground.outbox.actions import enqueue
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import require
from taihe.inner.workflow import actions as workflow

from .. import rights
from ..approving import sign_withdrawal
from ..errors import NotOnline, SamePerson, StillBelow
from ..models import Approval, Submission, Withdrawal, WithdrawalCheck
from ..queries.approved import approved_page, approved_pages

SHORTEST = 4


@action("portal.withdraw")
def withdraw(actor: Actor, page_id: int, *, reason: str, urgent: bool = True) -> Withdrawal:
    """Take a page off the site; one person suffices.  Every approval so far is void for ever.

    Raises NotAllowed, NotOnline, StillBelow, BadInput.
    """
    last = Approval.objects.filter(page_id=page_id).order_by("-id").first()
    if last is None or approved_page(page_id, verify=False) is None:
        raise NotOnline()
    organ = Organ.objects.filter(code=last.organ_code).first()
    if organ is None:
        raise NotAllowed(what="撤稿")
    require(actor, rights.WITHDRAW, organ)
    words = reason.strip()
    if len(words) < SHORTEST:
        raise BadInput(what=f"请写明撤稿原因（不少于{SHORTEST}个字）。")
    if last.kind != "article" and _has_public_below(page_id):
        raise StillBelow(title=last.title)
    row = Withdrawal(
        page_id=page_id,
        kind=last.kind,
        title=last.title,
        after=last.pk,
        reason=words[:300],
        urgent=urgent,
        at=clock.now(),
        by_id=actor.person_id,
        by_name=str(actor)[:80],
        by_post=f"{actor.organ_name} {actor.post_name}".strip()[:120],
    )
    sign_withdrawal(row)
    row.save(force_insert=True)
    _stop_reviews(page_id)
    enqueue("portal.bake", {}, dedupe="portal.bake")
    if urgent:
        enqueue("portal.tombstone", {"page": page_id}, dedupe=f"portal.tombstone:{page_id}", priority=0)
    record(row, after={"after": row.after}, detail={"page": page_id, "reason": row.reason, "urgent": urgent})
    return row


def _stop_reviews(page_id: int) -> None:
    """What is under review was sent in before the withdrawal: it must not bring the page back."""
    for one in Submission.objects.filter(page_id=page_id, status=Submission.Status.OPEN):
        if one.instance_id:
            workflow.cancel(Actor.system("撤稿"), one.instance_id, reason="页面已撤稿，须重新送审")


def _has_public_below(page_id: int) -> bool:
    public = set(approved_pages())
    rows = Approval.objects.filter(page_id__in=public).values_list(
        "page_id", "content__parent_id", "content__column_id"
    )
    return any(page_id in (parent, column) for _, parent, column in rows)


@action("portal.confirm_withdrawal")
def confirm_withdrawal(actor: Actor, pk: int, *, words: str) -> WithdrawalCheck:
    """A second person has looked at a withdrawal.  Raises Missing, NotAllowed, SamePerson, BadInput."""
    row = Withdrawal.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Missing(what="该撤稿记录")
    code = Approval.objects.filter(pk=row.after).values_list("organ_code", flat=True).first()
    organ = Organ.objects.filter(code=code).first()
    require(actor, rights.WITHDRAW, organ)
    if row.by_id == actor.person_id:
        raise SamePerson()
    if WithdrawalCheck.objects.filter(withdrawal=row).exists():
        raise BadInput(what="该撤稿已经复核。")
    if not words.strip():
        raise BadInput(what="请写明复核意见。")
    check = WithdrawalCheck.objects.create(
        withdrawal=row, at=clock.now(), by_id=actor.person_id, by_name=str(actor)[:80], words=words.strip()[:300]
    )
    record(row, detail={"words": check.words})
    return check
