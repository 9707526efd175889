"""Drafts that other modules hand to the editors (公文转送): how they are known, and what has become of their source.

Such an article has no author of the desk; its slug, which is only Wagtail's own key among siblings, names
where it came from.  The module above registers what an editor must know of a source that changed later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from wagtail.models import Page

PREFIX = "gongwen-"
WAITING = "公文转送，待编辑"

Changes: TypeAlias = Callable[[list[str]], Mapping[str, str]]
_changes: dict[str, Changes] = {}


def register_changes(name: str, changes: Changes) -> None:
    """Register, at start, who knows of changed sources: keys in, a sentence for each changed one out."""
    if name in _changes:
        raise RuntimeError(f"offered articles: {name} is registered twice")
    _changes[name] = changes


def slug_of(key: str) -> str:
    """The slug of the article offered under a key of its source."""
    return f"{PREFIX}{key}"


def changed(pages: Iterable[Page]) -> dict[int, str]:
    """For those of the pages whose source has changed since: page to a sentence (one query a source)."""
    keys = {one.slug.removeprefix(PREFIX): one.pk for one in pages if one.slug.startswith(PREFIX)}
    found: dict[int, str] = {}
    for known in _changes.values() if keys else ():
        found |= {keys[key]: sentence for key, sentence in known(list(keys)).items() if key in keys}
    return found
