"""How an approval and a withdrawal are signed, and how a signature is looked at again before each bake."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from taihe.ground.digests import canonical
from taihe.ground.signing import BadSignature, KeyRing, Signature, UnknownKey

from .content import PageContent, content_digest, read_content
from .models import Approval, Withdrawal

PURPOSE = "portal-approval"


def ring() -> KeyRing:
    """The zone's keys."""
    return KeyRing(Path(settings.TAIHE_KEY_DIR))


def _approval_words(row: Approval) -> bytes:
    words: dict[str, Any] = {
        "what": "approval",
        "page": row.page_id,
        "digest": row.digest,
        "approved": _moment(row.approved_at),
        "published": _moment(row.published_at),
        "reviewers": row.reviewers,
        "submission": row.submission_id,
        "demo": row.is_demo,
    }
    return canonical(words)


def _withdrawal_words(row: Withdrawal) -> bytes:
    words: dict[str, Any] = {
        "what": "withdrawal",
        "page": row.page_id,
        "after": row.after,
        "reason": row.reason,
        "urgent": row.urgent,
        "at": _moment(row.at),
        "by": row.by_id,
    }
    return canonical(words)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def sign_approval(row: Approval) -> None:
    """Put the signature on (not saved).  Raises BadSetup without the key."""
    row.signature = str(ring().sign(PURPOSE, _approval_words(row)))


def sign_withdrawal(row: Withdrawal) -> None:
    """Put the signature on (not saved).  Raises BadSetup without the key."""
    row.signature = str(ring().sign(PURPOSE, _withdrawal_words(row)))


def verified_content(row: Approval) -> PageContent | None:
    """The content, if the row is exactly what was signed and its content what was reviewed; else None."""
    try:
        ring().verify(PURPOSE, _approval_words(row), Signature.parse(row.signature))
        content = read_content(row.content)
    except (BadSignature, UnknownKey, ValueError):
        return None
    same = content_digest(content) == row.digest and content.page_id == row.page_id and content.kind == row.kind
    return content if same else None


def withdrawal_holds(row: Withdrawal) -> bool:
    """Whether a withdrawal is signed by us."""
    try:
        ring().verify(PURPOSE, _withdrawal_words(row), Signature.parse(row.signature))
    except (BadSignature, UnknownKey, ValueError):
        return False
    return True
