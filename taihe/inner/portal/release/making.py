"""The making of one release, from what is approved to what is sent.

A kill at any point leaves the old release in force or the new one sent: everything up to the last step only
puts contents into the store by digest, and the last step is one transaction.  A number is taken before it is
signed and never given again.  What did not change since the release before is not baked again; a full making
gives the same bytes.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.digests import canonical
from taihe.ground.killpoints import killpoint
from taihe.ground.releases import (
    FIRST,
    PURPOSE,
    File,
    Manifest,
    ObjectDamaged,
    ObjectLost,
    ObjectStore,
    Tombstone,
    Variant,
    build,
    delta,
    open_manifest,
    sign,
)
from taihe.ground.signing.store import locked

from ..baking import Edition, SiteFacts, affected, mime, site_facts
from ..models import Release
from . import actions, queries
from .carrying import Luggage, Stopped, enclose_manifest, pack_up
from .compress import Forms, all_forms
from .errors import CannotCross, SourcesMoved
from .folder import release_folder, release_store, ring, second_signature, site_name
from .sources import ApprovalChanged, ApprovedSource, Kept, Reader, Trouble, forget, heads, media_path
from .withdrawn import Withdrawn, graves, standing, withdrawn_now

ACTOR = Actor.system("页面发布")
TRIES = 20
# Manifests read and verified lately, by digest and signature: a large one takes a while to read.
READ_KEPT = 3
_read: dict[tuple[str, str], Manifest] = {}
# The edition baked last in this process: columns that did not change since are not reckoned again.
_latest: dict[str, Edition] = {}
_PAGE = re.compile(r"/(?:t/)?content/(\d+)\.html")
Sources = dict[int, int]


@dataclass(frozen=True)
class Order:
    """What is asked for: a release of what is approved, all of it anew (`full`), or an earlier one's contents.

    A full one also ends a roll-back.  `request` is the roll-back request that a release with `target` fulfils.
    """

    kind: Release.Kind = Release.Kind.BAKE
    reason: str = ""
    by: str = ""
    target: Release | None = None
    request: int | None = None


@dataclass(frozen=True)
class Base:
    """What an incremental making starts from: a release's files, page keys and approvals."""

    manifest: Manifest
    facts: Mapping[str, str]
    sources: Sources


@dataclass(frozen=True)
class Draft:
    """A release ready to be numbered, signed and sent."""

    order: Order
    after: Release | None
    pinned: Release | None
    files: tuple[File, ...]
    tombstones: tuple[Tombstone, ...]
    withdrawn: int
    facts: dict[str, str]
    sources: Sources
    cause: str
    waiting_since: datetime | None
    changed: int
    removed: int
    began: float


@dataclass
class Maker:
    """Makes one release; `refused` grows by what turned out not to be fit."""

    order: Order
    store: ObjectStore = field(default_factory=release_store)
    refused: set[str] = field(default_factory=set)
    troubles: dict[tuple[str, str], Trouble] = field(default_factory=dict)
    thorough: bool = False

    def run(self) -> Release | None:
        """The release, or None when there was nothing to change.  Raises CannotCross."""
        began, made = time.monotonic(), None
        with locked(release_folder()):
            for _ in range(TRIES):
                try:
                    made = self._attempt(began)
                    break
                except ApprovalChanged as changed:
                    self.refused.add(changed.signature)
                except SourcesMoved:
                    continue
                except (ObjectLost, ObjectDamaged):
                    if self.thorough:
                        raise
                    self.thorough = True  # the store was harmed: everything is read and written again
            else:
                raise SourcesMoved()
        if self.troubles:
            actions.note_troubles(ACTOR, list(self.troubles.values()))
        return made

    # One attempt -----------------------------------------------------------------------------

    def _attempt(self, began: float) -> Release | None:
        draft, kept = self._draft(began)
        if draft is None:
            return None
        newest = draft.after
        before = read_manifest(self.store, newest) if newest else None
        plain = Manifest(1, FIRST, clock.now(), "", "", draft.files)
        killpoint("portal.before_packing")
        try:
            luggage = pack_up(delta(before, plain), self.store)
        except Stopped as stopped:
            self._refuse(stopped, draft, kept)
            raise SourcesMoved from stopped
        return self._send(draft, luggage)

    def _refuse(self, stopped: Stopped, draft: Draft, kept: Mapping[int, Kept]) -> None:
        """Find the articles that hold what the gate would stop; they are left as they were."""
        paths = {file.path for file in draft.files if stopped.digests & {one.sha256 for one in file.objects()}}
        pages = {int(found[1]) for found in map(_PAGE.fullmatch, paths) if found}
        pages |= {
            page_id
            for page_id, one in kept.items()
            if one.row and any(media_path(file) in paths for file in one.row.media)
        }
        guilty = [kept[page_id] for page_id in pages if page_id in kept]
        if not guilty:
            raise CannotCross(why=stopped.why)
        for one in guilty:
            self.refused.add(one.signature)
            title = "" if stopped.secret else f"《{one.title[:60]}》"  # a title can itself be what must be kept
            sentence = f"{title}第{one.approval_id}号批准没有发布：{stopped.why}"
            self._note([Trouble("content", f"approval:{one.approval_id}", sentence[:400])])

    def _note(self, troubles: Iterable[Trouble]) -> None:
        for one in troubles:
            self.troubles[(one.kind, one.subject)] = one

    # What is to be shown ---------------------------------------------------------------------

    def _draft(self, began: float) -> tuple[Draft | None, Mapping[int, Kept]]:
        state, site, now = queries.release_state(), _site(), withdrawn_now()
        full = self.order.kind == Release.Kind.FULL
        pinned = self.order.target or (None if full else state.pinned)
        newest = state.newest
        kept, base = self._sound(site, now, pinned, newest, full=full or self.thorough)
        if newest is None and not kept:
            return None, kept
        source = ApprovedSource(site, kept)
        edition = Edition(source, None if full or self.thorough else _latest.get("edition"))
        files = self._files(edition, source, base)
        _latest["edition"] = edition
        before = read_manifest(self.store, newest) if newest else None
        known = [one for one in (before, base.manifest if base else None) if one]
        used = {file.sha256 for file in edition.media.values()}
        tombstones = standing(graves(now, lambda asked: asked & used, known), (one.path for one in files))
        same = before is not None and before.files == files and before.tombstones == tombstones
        if same and self.order.kind == Release.Kind.BAKE:
            return None, kept
        sources = {page_id: one.approval_id for page_id, one in kept.items()}
        cause, since = self._cause(newest, sources, kept, now)
        shown = before.by_path if before else {}
        draft = Draft(
            order=self.order,
            after=newest,
            pinned=pinned,
            files=files,
            tombstones=tombstones,
            withdrawn=now.newest,
            facts=edition.facts,
            sources=sources,
            cause=cause,
            waiting_since=since,
            changed=sum(shown.get(one.path) != one for one in files),
            removed=len(shown.keys() - {one.path for one in files}),
            began=began,
        )
        return draft, kept

    def _sound(
        self, site: SiteFacts, now: Withdrawn, pinned: Release | None, newest: Release | None, *, full: bool
    ) -> tuple[dict[int, Kept], Base | None]:
        """The sound approvals to show, and what to start from."""
        if full:
            forget()
        reader = Reader(self.store, self.refused, thorough=full)
        if pinned is None:
            kept = reader.read(heads(now.void))
            self._note(reader.troubles)
            return kept, None if full else self._base(newest)
        wanted = read_sources(self.store, pinned)
        kept = reader.read(heads(now.void, set(wanted.values())))
        self._note(reader.troubles)
        # as it was then, with today's templates: what differs is what was withdrawn since, and only that is baked
        then = Reader(self.store).read(heads({}, set(wanted.values())))
        facts = Edition(ApprovedSource(site, then)).facts
        return kept, Base(read_manifest(self.store, pinned), facts, wanted)

    def _base(self, newest: Release | None) -> Base | None:
        if newest is None:
            return None
        try:
            facts = json.loads(zlib.decompress(self.store.read(newest.facts)))
            return Base(read_manifest(self.store, newest), facts, read_sources(self.store, newest))
        except (ObjectLost, ObjectDamaged):
            return None

    def _files(self, edition: Edition, source: ApprovedSource, base: Base | None) -> tuple[File, ...]:
        """Every file of the release; those whose key did not change are taken from the release before."""
        old = base.manifest.by_path if base else {}
        keys = edition.facts
        fresh = affected(base.facts, keys) if base else set(keys)
        fresh |= keys.keys() - old.keys()
        files = {path: old[path] for path in keys.keys() - fresh}
        # a page and its text version one after the other, so that their article is read and cleaned once
        ordered = sorted(fresh, key=lambda path: (path.removeprefix("/t"), path) if path[:3] == "/t/" else (path, path))
        source.expect(dict.fromkeys(int(found[1]) for found in map(_PAGE.fullmatch, ordered) if found))
        baked = ((path, data, mime(path)) for path, data in edition.bake(ordered))
        for batch in all_forms(baked):
            files |= {one.path: one for one in keep_forms(self.store, batch)}
        for media in edition.media.values():
            path = media_path(media)
            files[path] = File(path, media.sha256, media.size, media.mime.lower())
        return tuple(files[path] for path in sorted(files))

    def _cause(
        self, newest: Release | None, sources: Sources, kept: Mapping[int, Kept], now: Withdrawn
    ) -> tuple[str, datetime | None]:
        """In words why this release is made, and since when somebody waits for it."""
        before = read_sources(self.store, newest) if newest else {}
        fresh = sorted(page for page, approval in sources.items() if before.get(page) != approval)
        gone = [one for one in now.pages.values() if newest and one.pk > newest.withdrawn]
        waiting = [kept[page].approved_at for page in fresh] + [one.at for one in gone]
        since = min(waiting, default=None) if newest else None
        if self.order.reason:
            return self.order.reason[:200], None if self.order.target else since
        if newest is None:
            return f"首次发布，共 {len(sources)} 项", None
        words = []
        if fresh:
            more = f"等 {len(fresh)} 项" if len(fresh) > 1 else ""
            words.append(f"发布《{kept[fresh[-1]].title[:80]}》{more}")
        if gone:
            words.append(f"撤稿 {len(gone)} 项")
        return "；".join(words) or "页面模板或网站信息有更新", since

    # Sending ---------------------------------------------------------------------------------

    def _send(self, draft: Draft, luggage: Luggage) -> Release:
        number = actions.reserve_number(ACTOR)
        killpoint("portal.number_reserved")
        keys, newest = ring(), draft.after
        manifest = Manifest(
            number=number,
            previous=newest.digest if newest else FIRST,
            made_at=clock.now(),
            key=keys.active_key_id(PURPOSE),
            site=site_name(),
            files=draft.files,
            tombstones=draft.tombstones,
        )
        data = build(manifest)
        signature = sign(data, keys, sm2=second_signature())
        lists = (zlib.compress(canonical(draft.facts), 6), zlib.compress(canonical(_text_keys(draft.sources)), 6))
        digest, facts, sources = self.store.put_many([data, *lists])
        killpoint("portal.manifest_stored")
        made = actions.Made(
            manifest=manifest,
            digest=digest,
            signature=signature.decode("ascii"),
            facts=facts,
            sources=sources,
            enclosed=enclose_manifest(data),
            packs=luggage.packs,
            packed=luggage.size + len(data),
            seconds=round(time.monotonic() - draft.began, 3),
        )
        killpoint("portal.before_release")
        release = actions.send_release(ACTOR, draft, made)
        killpoint("portal.after_release")
        return release


def _text_keys(sources: Sources) -> dict[str, int]:
    return {str(page_id): approval_id for page_id, approval_id in sources.items()}


def _site() -> SiteFacts:
    return site_facts(settings.TAIHE_COUNTY, demo=settings.TAIHE_DEMO)


def keep_forms(store: ObjectStore, batch: list[Forms]) -> Iterator[File]:
    """Store pages with their compressed forms; the files of the release they make."""
    contents = [data for one in batch for data in (one.plain, one.gz, one.br) if data is not None]
    digests = iter(store.put_many(contents))
    for one in batch:
        plain = next(digests)
        gz, br = (Variant(next(digests), len(data)) if data is not None else None for data in (one.gz, one.br))
        yield File(one.path, plain, len(one.plain), mime(one.path), gz, br)


def read_manifest(store: ObjectStore, release: Release) -> Manifest:
    """A release's manifest, verified by our own key.  Raises ObjectLost, ObjectDamaged or BadSignature."""
    key = (release.digest, release.signature)
    if key not in _read:
        data = store.read(release.digest)
        found = open_manifest(data, release.signature.encode("ascii"), ring(), peer=None, site=site_name())
        while len(_read) >= READ_KEPT:
            _read.pop(next(iter(_read)))
        _read[key] = found
    return _read[key]


def read_sources(store: ObjectStore, release: Release) -> Sources:
    """Which approval of each page a release was made of."""
    found = json.loads(zlib.decompress(store.read(release.sources)))
    return {int(page_id): approval_id for page_id, approval_id in found.items()}
