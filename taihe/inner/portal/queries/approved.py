"""What the site shows now: the latest valid approval of each page that was not withdrawn since.

The only door between the editorial office and the baker.  Every row is looked at again (signature,
content, digest); one that was changed past the programme is left out, told to the caller and recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from ..approving import verified_content, withdrawal_holds
from ..content import Approved, read_content
from ..models import Approval, Withdrawal


@dataclass(frozen=True)
class Tampered:
    """An approval or withdrawal that is not what was signed."""

    what: str
    row_id: int
    page_id: int
    title: str


def approved_now(verify: bool = True, tampered: list[Tampered] | None = None) -> Iterator[Approved]:
    """Every page of the site in its approved form, in the order of page ids.

    With `verify` (always, but for counting) a row that was changed past the programme is skipped, noted
    in `tampered` when given, and the page is left as its latest sound approval has it.
    """
    for page_id in approved_pages():
        found = approved_page(page_id, verify=verify, tampered=tampered)
        if found is not None:
            yield found


def approved_pages() -> list[int]:
    """Ids of pages with an approval that no withdrawal covers."""
    latest = Approval.objects.values_list("page_id").annotate(last=Max("id")).order_by("page_id")
    void = _withdrawn_up_to()
    return [page_id for page_id, last in latest if last > void.get(page_id, 0)]


def approved_page(page_id: int, *, verify: bool = True, tampered: list[Tampered] | None = None) -> Approved | None:
    """One page in its approved form; None when it has none, or was withdrawn since."""
    void = _withdrawn_up_to([page_id]).get(page_id, 0)
    for row in Approval.objects.filter(page_id=page_id, id__gt=void).order_by("-id"):
        content = verified_content(row) if verify else read_content(row.content)
        if content is not None:
            return Approved(
                content=content, digest=row.digest, published_at=row.published_at, approved_at=row.approved_at
            )
        if tampered is not None:
            tampered.append(Tampered("approval", row.pk, page_id, row.title))
    return None


def approvals_since(moment: datetime) -> Iterable[Approval]:
    """Approvals given after a moment, oldest first."""
    return Approval.objects.filter(approved_at__gt=moment).order_by("id")


def withdrawn_pages() -> dict[int, Withdrawal]:
    """The withdrawal in force for each page that has no valid approval after it."""
    latest = dict(Approval.objects.values_list("page_id").annotate(last=Max("id")))
    rows = Withdrawal.objects.order_by("after", "id")
    return {one.page_id: one for one in rows if latest.get(one.page_id, 0) <= one.after}


def unsound_withdrawals() -> list[Tampered]:
    """Withdrawals not signed by us; they still hold (nothing is shown on doubt), and are told."""
    return [
        Tampered("withdrawal", one.pk, one.page_id, one.title)
        for one in Withdrawal.objects.order_by("id")
        if not withdrawal_holds(one)
    ]


def _withdrawn_up_to(pages: Iterable[int] | None = None) -> dict[int, int]:
    rows = Withdrawal.objects.all() if pages is None else Withdrawal.objects.filter(page_id__in=list(pages))
    return dict(rows.values_list("page_id").annotate(last=Max("after")))
