"""Which pages, pictures and files of the desk belong to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from wagtail.models import Collection, Page

from taihe.ground.rules import rule
from taihe.inner.people.models import Organ

from ..models import Shelf


@dataclass(frozen=True)
class Owned:
    """A page of the tree with the organ that answers for it (its own, else that of the nearest page above)."""

    page_id: int
    path: str
    title: str
    organ_id: int
    organ_path: str
    is_home: bool = False


def home_organ() -> Organ | None:
    """The organ that runs the site (主办单位), by rule portal.home_organ."""
    return Organ.objects.filter(code=rule("portal.home_organ")).first()


def owned_pages() -> list[Owned]:
    """The front page and all columns, parents first, each with its organ (2 queries)."""
    top = home_organ()
    if top is None:
        return []
    pages = Page.objects.filter(Q(column__isnull=False) | Q(portalhome__isnull=False)).order_by("path")
    rows = pages.values_list("pk", "path", "title", "column__organ_id", "column__organ__path", "portalhome")
    return list(_inherited(((*row[:4], row[4] or "", row[5] is not None) for row in rows), top))


def _inherited(rows: Iterable[tuple[int, str, str, int | None, str, bool]], top: Organ) -> Iterator[Owned]:
    known: dict[str, tuple[int, str]] = {}
    for pk, path, title, organ_id, organ_path, is_home in rows:
        above = next((known[path[:end]] for end in range(len(path) - 4, 0, -4) if path[:end] in known), None)
        inherited = above or (top.pk, top.path)
        known[path] = (organ_id, organ_path) if organ_id else inherited
        yield Owned(pk, path, title, *known[path], is_home)


def owner_of(path: str) -> Owned | None:
    """The owning page of any page of the tree, by its tree path: the column it stands in, or itself."""
    best = None
    for one in owned_pages():
        if path.startswith(one.path):
            best = one
    return best


def below(paths: Iterable[str], owned: Iterable[Owned] | None = None) -> list[Owned]:
    """The topmost pages whose organs lie below any of the organ paths; what hangs below them is included."""
    wanted = tuple(paths)
    found: list[Owned] = []
    for one in owned if owned is not None else owned_pages():
        inside = any(one.organ_path.startswith(path) for path in wanted)
        if inside and not any(one.path.startswith(upper.path) for upper in found):
            found.append(one)
    return found


def shelves(paths: Iterable[str]) -> list[Shelf]:
    """The shelves of the organs below any of the organ paths."""
    wanted = tuple(paths)
    rows = Shelf.objects.select_related("organ", "collection")
    return [one for one in rows if any(one.organ.path.startswith(path) for path in wanted)]


def common_shelf() -> Collection | None:
    """The shelf from which every editor may choose: that of the organ that runs the site."""
    found = Shelf.objects.filter(organ__code=rule("portal.home_organ")).select_related("collection").first()
    return found.collection if found else None
