"""An editorial office in miniature, and a public side that is played: it takes in what is posted, or loses it."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from taihe.gate.letters import letter_class
from taihe.gate.letters.portal import PortalObjects, PortalRelease, PortalTombstone
from taihe.gate.posting import Posted
from taihe.gate.setup import gate_setup
from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.releases import BadPack, Manifest, Notice, ObjectStore, open_manifest, open_notice, read_pack
from taihe.ground.signing import KeyRing

from ...approving import sign_approval, sign_withdrawal
from ...baking.tests import samples
from ...content import ArticleContent, PageContent, content_digest
from ...media import keep
from ...models import Approval, Release, Withdrawal
from ..making import Maker, Order

SITE = "www.taihe.example"
BEGIN = datetime.fromisoformat("2026-11-20T01:00:00+00:00")


def approve(content: PageContent, *, minutes: int = 0) -> Approval:
    """An approval as the editorial office signs it."""
    at = BEGIN + timedelta(minutes=minutes)
    row = Approval(
        page_id=content.page_id,
        kind=content.kind,
        title=content.title,
        content=content.model_dump(mode="json"),
        digest=content_digest(content),
        approved_at=at,
        published_at=at,
    )
    sign_approval(row)
    row.save()
    return row


def withdraw(page_id: int, *, urgent: bool = False) -> Withdrawal:
    """A page is taken off the site."""
    last = Approval.objects.filter(page_id=page_id).order_by("-id").first()
    assert last
    row = Withdrawal(
        page_id=page_id,
        kind=last.kind,
        title=last.title,
        after=last.pk,
        reason="演示",
        urgent=urgent,
        at=clock.now(),
        by_id="1",
        by_name="示某",
    )
    sign_withdrawal(row)
    row.save()
    return row


def small_office() -> None:
    """A front page, two columns and three articles."""
    small_office_without_articles()
    for number in range(3):
        approve(samples.article(100 + number, 10), minutes=number)


def small_office_without_articles() -> None:
    """A front page and two columns."""
    approve(samples.home())
    approve(samples.column(10, None, "zwdt", "政务动态", in_nav=True, home_slot="news"))
    approve(samples.column(20, None, "tzgg", "通知公告", in_nav=True))


def article(page_id: int, title: str, column_id: int = 10, **changes: object) -> ArticleContent:
    """An article under a title of its own."""
    return samples.article(page_id, column_id, title, **changes)


def stored(data: bytes) -> str:
    """Bytes in the media store; their digest."""
    return keep(data).sha256


def bake(order: Order | None = None) -> Release | None:
    """One making."""
    return Maker(order or Order()).run()


def posted() -> list[Posted]:
    """Letters posted so far, oldest first."""
    rows = OutboxMessage.objects.filter(kind="gate.seal").order_by("id")
    return [Posted.model_validate(row.payload) for row in rows]


@dataclass
class Outside:
    """The public side, as simply as it can be written: what it holds, and what a visitor sees."""

    ring: KeyRing
    store: ObjectStore
    manifest: Manifest | None = None
    waiting: Manifest | None = None
    notice: Notice | None = None
    taken: int = 0
    wanted: set[str] = field(default_factory=set)

    def take_all(self) -> None:
        """Take in every letter posted since the last time."""
        letters = posted()
        for one in letters[self.taken :]:
            self.take(one)
        self.taken = len(letters)

    def take(self, one: Posted) -> None:
        """Take in one letter; also one that was taken before."""
        shape = letter_class(one.kind, one.version)
        assert shape and isinstance(one.content, dict)
        letter = shape.model_validate(one.content["body"])
        files = [gate_setup().outgoing_files.open(part.sha256).read() for part in one.attachments]
        if isinstance(letter, PortalRelease):
            signature = letter.signature.encode()
            manifest = open_manifest(files[0], signature, self.ring, peer="inner", site=SITE)
            if self.manifest is None or manifest.number > self.manifest.number:
                self.waiting = manifest
            self._unpack(files[1:])
        elif isinstance(letter, PortalObjects):
            self._unpack(files)
        elif isinstance(letter, PortalTombstone):
            notice = open_notice(letter.notice.encode(), letter.signature.encode(), self.ring, peer="inner", site=SITE)
            if self.notice is None or (notice.serial, notice.after) >= (self.notice.serial, self.notice.after):
                self.notice = notice

    def _unpack(self, packs: list[bytes]) -> None:
        wanted = dict(self.waiting.objects) if self.waiting else {}
        for pack in packs:
            with suppress(BadPack):  # a pack of a release that was overtaken
                for _, data in read_pack(io.BytesIO(pack), wanted):
                    self.store.put(data)
        self.settle()

    def settle(self) -> None:
        """Switch to the waiting release when all of it is here."""
        if self.waiting is None:
            return
        self.wanted = {one for one in self.waiting.objects if not self.store.has(one)}
        if not self.wanted:
            self.manifest, self.waiting = self.waiting, None

    def hidden(self) -> set[str]:
        """Paths that a notice hides ahead of the next release."""
        if self.notice is None or self.manifest is None or self.manifest.number > self.notice.after:
            return set()
        return {one.path for one in self.notice.tombstones}

    def sees(self, path: str) -> bytes | None:
        """What a visitor gets."""
        file = self.manifest.by_path.get(path) if self.manifest else None
        if file is None or path in self.hidden():
            return None
        return self.store.read(file.sha256, file.size)

    def everything(self) -> dict[str, bytes]:
        """All that visitors can get."""
        paths = self.manifest.by_path if self.manifest else {}
        return {path: data for path in paths if (data := self.sees(path)) is not None}


SYSTEM = Actor.system("试")
