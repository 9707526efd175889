"""Where a page stands between the desk and the public."""

from __future__ import annotations

from ..models import Approval, Submission


def has_history(page_id: int) -> bool:
    """Whether a page was ever sent in or approved: then the desk may not delete it."""
    return Submission.objects.filter(page_id=page_id).exists() or Approval.objects.filter(page_id=page_id).exists()
