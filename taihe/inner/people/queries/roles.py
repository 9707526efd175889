"""The county's roles as they stand in the database."""

from __future__ import annotations

from ..models import Role


def role_choices() -> list[tuple[str, str]]:
    """Roles for a form: key, and title with what it is for."""
    return [(one.key, f"{one.title}（{one.note}）" if one.note else one.title) for one in Role.objects.order_by("key")]
