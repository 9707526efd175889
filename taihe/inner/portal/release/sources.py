"""What a release is made of: for each page the newest approval that is sound, in every respect that can be checked.

Sound: signed by the editorial office, its content the one reviewed, and every picture and download there with the
very bytes that were reviewed.  A page whose newest approval is not sound stays as the one before has it, and an
alarm tells.  What was found sound is remembered by its signature while the process runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from taihe.ground.files.errors import FileDamaged, FileLost
from taihe.ground.releases import ObjectDamaged, ObjectLost, ObjectStore

from ..approving import verified_content
from ..baking import ArticleFacts, MediaFile, SiteFacts, light, media_of
from ..content import Approved, ArticleContent
from ..media import open_media
from ..models import Approval

CHUNK = 500
# Articles read at a time while pages are written.
AHEAD = 200


class Trouble(NamedTuple):
    """Why an approval is not followed: kind of alarm, what it is about (stable), and a sentence."""

    kind: str
    subject: str
    sentence: str


class Kept(NamedTuple):
    """A sound approval: an article as its light row, a column or the front page whole."""

    approval_id: int
    signature: str
    approved_at: datetime
    title: str
    row: ArticleFacts | None
    whole: Approved | None


class Head(NamedTuple):
    """One approval, unread."""

    approval_id: int
    page_id: int
    signature: str


class ApprovalChanged(Exception):
    """An approval found sound a moment ago is not what it was: it must not be followed."""

    def __init__(self, signature: str) -> None:
        self.signature = signature
        super().__init__("an approval changed while a release was being made")


_known: dict[str, Kept] = {}


def forget() -> None:
    """Look at every approval anew (tests, and a full bake)."""
    _known.clear()


def media_path(file: MediaFile) -> str:
    """The path of a picture or download in a release: as people read it, not percent-coded."""
    return unquote(file.path)


@dataclass
class Reader:
    """Reads approvals into sound ones, taking their pictures and downloads into the release store.

    `refused` holds signatures of approvals that may not be followed for another reason; `thorough` reads what
    is in the release store already against its digest too.
    """

    store: ObjectStore
    refused: Collection[str] = ()
    thorough: bool = False
    troubles: list[Trouble] = field(default_factory=list)

    def read(self, heads: Iterable[Head]) -> dict[int, Kept]:
        """The newest sound approval of each page; `heads` come newest first within a page."""
        found: dict[int, Kept] = {}
        waiting = list(heads)
        while waiting:
            # one round looks at the newest of every page; pages where it was not sound go on to the one before
            first: dict[int, Head] = {}
            for head in waiting:
                if head.page_id not in found:
                    first.setdefault(head.page_id, head)
            found |= self._look(first.values())
            tried = {head.approval_id for head in first.values()}
            waiting = [one for one in waiting if one.page_id not in found and one.approval_id not in tried]
        return found

    def _look(self, heads: Iterable[Head]) -> dict[int, Kept]:
        found, unknown = {}, []
        for head in heads:
            kept = _known.get(head.signature)
            if head.signature in self.refused:
                continue
            if kept is not None and kept.approval_id == head.approval_id:
                found[head.page_id] = kept
            else:
                unknown.append(head.approval_id)
        for some in batched_ids(unknown):
            for row in Approval.objects.filter(pk__in=some):
                kept = self._sound(row)
                if kept is not None:
                    found[row.page_id] = _known[row.signature] = kept
        return found

    def _sound(self, row: Approval) -> Kept | None:
        content = verified_content(row)
        if content is None:
            self._tell("approval", row, "批准记录与签名不符，疑被改动")
            return None
        record = Approved(
            content=content, digest=row.digest, published_at=row.published_at, approved_at=row.approved_at
        )
        if not isinstance(content, ArticleContent):
            return Kept(row.pk, row.signature, row.approved_at, content.title, None, record)
        if not all(self._take(row, file) for file in media_of(content)):
            return None
        return Kept(row.pk, row.signature, row.approved_at, content.title, light(record), None)

    def _take(self, row: Approval, file: MediaFile) -> bool:
        """Put a picture or download into the release store, read against its digest."""
        if self._stored(file):
            return True
        try:
            with open_media(file.sha256) as source:
                data = source.read()
        except (FileLost, FileDamaged):
            data = b""
        if len(data) != file.size or not data:
            self._tell("media", row, f"所用的素材（{media_path(file)}）丢失或与审核时不同")
            return False
        self.store.put(data)
        return True

    def _stored(self, file: MediaFile) -> bool:
        if not self.thorough:
            return self.store.has(file.sha256)
        try:
            self.store.read(file.sha256, file.size)
        except (ObjectLost, ObjectDamaged):
            return False
        return True

    def _tell(self, kind: str, row: Approval, why: str) -> None:
        sentence = f"《{row.title[:60]}》（第{row.pk}号批准）{why}，这一稿没有发布。"
        self.troubles.append(Trouble(kind, f"approval:{row.pk}", sentence))


def batched_ids(ids: Collection[int]) -> Iterator[list[int]]:
    """Ids in lists short enough for one question to the database."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def heads(void: Mapping[int, int], only: Collection[int] | None = None) -> Iterator[Head]:
    """Approvals that no withdrawal covers, newest first within each page; with `only`, those ids alone."""
    rows = Approval.objects.order_by("page_id", "-id").values_list("id", "page_id", "signature")
    for approval_id, page_id, signature in rows.iterator(chunk_size=5000):
        if approval_id > void.get(page_id, 0) and (only is None or approval_id in only):
            yield Head(approval_id, page_id, signature)


class ApprovedSource:
    """The approved site as the baker reads it (`baking.Source`)."""

    def __init__(self, site: SiteFacts, kept: Mapping[int, Kept]) -> None:
        self._site, self._kept = site, kept
        self._coming: Iterator[int] = iter(())
        self._ahead: dict[int, Approval] = {}
        self._last: tuple[int, Approved] | None = None

    @property
    def site(self) -> SiteFacts:
        return self._site

    def home(self) -> Approved | None:
        return next((one for one in self._whole() if one.content.kind == "home"), None)

    def columns(self) -> list[Approved]:
        return [one for one in self._whole() if one.content.kind == "column"]

    def _whole(self) -> Iterator[Approved]:
        return (one.whole for one in self._kept.values() if one.whole is not None)

    def article_facts(self) -> list[ArticleFacts]:
        return [one.row for one in self._kept.values() if one.row is not None]

    def expect(self, page_ids: Iterable[int]) -> None:
        """Articles that will be asked for, in order: they are read some hundreds at a time."""
        self._coming = iter(page_ids)

    def article(self, page_id: int) -> Approved:
        if self._last is not None and self._last[0] == page_id:  # the text version follows the page
            return self._last[1]
        kept = self._kept[page_id]
        if kept.row is None:
            raise KeyError(page_id)
        row = self._ahead.pop(kept.approval_id, None) or self._read(page_id, kept)
        content = verified_content(row)
        if content is None or row.signature != kept.signature:
            _known.pop(kept.signature, None)
            raise ApprovalChanged(kept.signature)
        found = Approved(content=content, digest=row.digest, published_at=row.published_at, approved_at=row.approved_at)
        self._last = (page_id, found)
        return found

    def _read(self, page_id: int, kept: Kept) -> Approval:
        coming = (self._kept[one].approval_id for one in islice(self._coming, AHEAD) if one in self._kept)
        rows = Approval.objects.filter(pk__in={kept.approval_id, *coming})
        self._ahead = {row.pk: row for row in rows}
        return self._ahead.pop(kept.approval_id)
