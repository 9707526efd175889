"""What must not be shown any more: tombstones, as the withdrawals in force demand.

Nothing of it is stored: it follows from the signed withdrawals.  A page approved anew has no tombstone; going
back to an old release does not change what is withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Max

from taihe.ground.releases import Manifest, Notice, Tombstone
from taihe.ground.releases.paths import alike, path_fault

from ..baking import media_of
from ..content import ArticleContent, ColumnContent, PageContent, read_content
from ..models import Approval, Withdrawal
from ..queries.approved import withdrawn_pages
from .sources import batched_ids, media_path

# Which of these digests pages use that are still approved.
InUse = Callable[[set[str]], set[str]]


@dataclass(frozen=True)
class Withdrawn:
    """The withdrawals in force: `newest` is the number of the last one ever made."""

    newest: int
    void: Mapping[int, int]
    pages: Mapping[int, Withdrawal]


def withdrawn_now() -> Withdrawn:
    """The withdrawals as they stand."""
    rows = Withdrawal.objects.values_list("page_id").annotate(last=Max("after"))
    newest = Withdrawal.objects.aggregate(last=Max("id"))["last"]
    return Withdrawn(newest or 0, dict(rows), withdrawn_pages())


def graves(now: Withdrawn, in_use: InUse, known: Iterable[Manifest]) -> dict[str, Tombstone]:
    """A tombstone for every path of a withdrawn page; `known` are manifests that may show more of them.

    An article's own pictures and downloads go with it unless another approved page uses them; with a column
    goes everything below its address.
    """
    manifests, found = list(known), dict[str, Tombstone]()
    for manifest in manifests:
        for old in manifest.tombstones:
            if old.page_id in now.pages:
                found[old.path] = _grave(old.path, now.pages[old.page_id])
    history = _history(now.pages)
    media = {page_id: _media(contents) for page_id, contents in history.items()}
    used = in_use({sha256 for files in media.values() for sha256 in files.values()})
    for page_id, withdrawal in now.pages.items():
        paths = [path for path, sha256 in media.get(page_id, {}).items() if sha256 not in used]
        for path in [*paths, *_own_paths(page_id, history.get(page_id, []), manifests)]:
            if path_fault(path) is None:
                found[path] = _grave(path, withdrawal)
    return found


def standing(found: Mapping[str, Tombstone], shown: Iterable[str]) -> tuple[Tombstone, ...]:
    """The tombstones of a manifest that shows these paths: what was approved anew has none."""
    taken = {alike(path) for path in shown}
    return tuple(found[path] for path in sorted(found) if alike(path) not in taken)


def _grave(path: str, withdrawal: Withdrawal) -> Tombstone:
    return Tombstone(path, withdrawal.page_id, withdrawal.pk, withdrawal.at)


def _history(pages: Iterable[int]) -> dict[int, list[PageContent]]:
    """Everything that was ever approved of these pages."""
    found: dict[int, list[PageContent]] = defaultdict(list)
    for some in batched_ids(list(pages)):
        for page_id, content in Approval.objects.filter(page_id__in=some).values_list("page_id", "content"):
            try:
                found[page_id].append(read_content(content))
            except ValueError:
                continue  # a row spoiled past the programme: its page is withdrawn all the same
    return found


def _media(contents: Iterable[PageContent]) -> dict[str, str]:
    articles = (one for one in contents if isinstance(one, ArticleContent))
    return {media_path(file): file.sha256 for one in articles for file in media_of(one)}


def _own_paths(page_id: int, contents: list[PageContent], manifests: list[Manifest]) -> list[str]:
    columns = [one for one in contents if isinstance(one, ColumnContent)]
    if not columns:
        return [f"/content/{page_id}.html", f"/t/content/{page_id}.html"]
    paths = []
    for top in {_address(one) for one in columns}:
        below = (path for one in manifests for path in one.by_path if path.startswith((top, f"/t{top}")))
        paths += [top, f"/t{top}", f"{top}rss.xml", *below]
    return paths


def _address(column: ColumnContent, depth: int = 0) -> str:
    """The address of a column, by what was last approved of the columns above it."""
    above = "/"
    if column.parent_id is not None and depth < 20:
        row = Approval.objects.filter(page_id=column.parent_id, kind="column").order_by("-id").first()
        if row is not None and isinstance(parent := read_content(row.content), ColumnContent):
            above = _address(parent, depth + 1)
    return f"{above}{column.slug}/"


def used_by_approved(digests: set[str]) -> set[str]:
    """Which of a few digests stand in the content of a page that is still approved (asked of the database)."""
    void = dict(Withdrawal.objects.values_list("page_id").annotate(last=Max("after")))
    found = set()
    for sha256 in digests:
        rows = Approval.objects.filter(content__icontains=sha256).values_list("id", "page_id")
        if any(approval_id > void.get(page_id, 0) for approval_id, page_id in rows):
            found.add(sha256)
    return found


def notice_for(site: str, after: int, covered: int, newest_manifest: Manifest | None) -> Notice | None:
    """What the public side must hide at once: everything withdrawn that release `after` does not know of.

    `covered` is the last withdrawal known to that release; None when there is nothing newer.
    """
    now = withdrawn_now()
    fresh = {page_id: one for page_id, one in now.pages.items() if one.pk > covered}
    if not fresh:
        return None
    only = Withdrawn(now.newest, now.void, fresh)
    found = graves(only, used_by_approved, [newest_manifest] if newest_manifest else [])
    return Notice(site, now.newest, after, tuple(found[path] for path in sorted(found)))
