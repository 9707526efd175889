"""Who may stand as the source of an article: the county's own units, or a source on the white list for reposts."""

from __future__ import annotations

from django.db.models import Q

from taihe.ground.rules import rule
from taihe.inner.people.queries import open_organs


def allowed(source: str) -> bool:
    """Whether the words name an open organ (full or short name, with or without 太和县), or a listed source."""
    if source in rule("portal.repost_sources"):
        return True
    bare = source.removeprefix("太和县").removeprefix("县")
    names = {source, bare, f"县{bare}", f"太和县{bare}", f"{bare}人民政府", f"太和县{bare}人民政府"}
    return open_organs().filter(Q(name__in=names) | Q(short_name__in=names)).exists()
