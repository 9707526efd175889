"""Random days of an editorial office, against the slow truth of what the public may see.

Whatever is approved, withdrawn, approved anew, released or rolled back, and whatever the ferry loses or brings
twice or late: once everything arrives, the public sees exactly what is approved and not withdrawn, and at no
moment anything that was withdrawn before the newest letter it has.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ...models import Release
from .. import sources
from ..making import Order
from . import office

pytestmark = pytest.mark.django_db(transaction=False)
PAGES = (100, 101, 102, 103)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["approve", "withdraw", "urgent"]), st.sampled_from(PAGES)),
    st.tuples(st.sampled_from(["bake", "back", "full", "deliver", "lose", "replay"]), st.integers(0, 3)),
)


class Story:
    """The office, the ferry, and what is true."""

    def __init__(self, outside: office.Outside) -> None:
        self.outside, self.round = outside, 0
        self.titles: dict[int, str] = {}
        self.withdrawn: set[int] = set()
        self.at_release: dict[int, dict[int, str]] = {}
        self.pinned: int | None = None
        self.lost: list = []

    def act(self, verb: str, which: int) -> None:
        self.round += 1
        getattr(self, f"do_{verb}")(which)

    def do_approve(self, page: int) -> None:
        self.titles[page] = f"第{page}页第{self.round}稿"
        self.withdrawn.discard(page)
        office.approve(office.article(page, self.titles[page]), minutes=self.round)

    def do_withdraw(self, page: int) -> None:
        if page in self.titles:
            self.withdrawn.add(page)
            office.withdraw(page)

    def do_urgent(self, page: int) -> None:
        from ..jobs import tombstone

        if page in self.titles:
            self.do_withdraw(page)
            tombstone({})

    def do_bake(self, _: int) -> None:
        self._released(office.bake())

    def do_full(self, _: int) -> None:
        self.pinned = None
        self._released(office.bake(Order(kind=Release.Kind.FULL, reason="重制")))

    def do_back(self, which: int) -> None:
        known = sorted(self.at_release)
        if known:
            number = known[which % len(known)]
            self.pinned = number
            target = Release.objects.get(number=number)
            self._released(office.bake(Order(Release.Kind.ROLLBACK, "回退", "", target)))

    def _released(self, release: Release | None) -> None:
        if release is not None:
            self.at_release[release.number] = self.truth()

    def truth(self) -> dict[int, str]:
        """What the public is to see once all is baked and delivered."""
        shown = self.titles if self.pinned is None else self.at_release[self.pinned]
        return {page: title for page, title in shown.items() if page not in self.withdrawn and self._holds(page, title)}

    def _holds(self, page: int, title: str) -> bool:
        """A page withdrawn and approved anew comes back in its new form only."""
        return title not in self.voided.get(page, set())

    @property
    def voided(self) -> dict[int, set[str]]:
        return self._voided

    _voided: dict[int, set[str]]

    def do_deliver(self, _: int) -> None:
        self.outside.take_all()

    def do_lose(self, _: int) -> None:
        letters = office.posted()
        if self.outside.taken < len(letters):
            self.lost.append(letters[self.outside.taken])
            self.outside.taken += 1

    def do_replay(self, which: int) -> None:
        letters = office.posted()[: self.outside.taken]
        if letters:
            self.outside.take(letters[which % len(letters)])


def titles_seen(outside: office.Outside) -> str:
    return "".join(data.decode("utf-8", "replace") for data in outside.everything().values())


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(acts=st.lists(ACTS, min_size=3, max_size=12))
def test_the_public_sees_what_is_true(room, outside_anew, acts):
    story = Story(outside_anew())
    story._voided = {}
    for verb, which in acts:
        if verb in ("withdraw", "urgent") and which in story.titles:
            story._voided.setdefault(which, set()).update(_all_titles(story, which))
        story.act(verb, which)
    story.do_bake(0)
    # the gate sends again what was lost, and the public side asks for what it still lacks
    for letter in story.lost:
        story.outside.take(letter)
    story.outside.take_all()
    _ask(story.outside)
    truth, shown = story.truth(), story.outside.everything()
    for page in PAGES:
        data = shown.get(f"/content/{page}.html")
        assert (data is not None) == (page in truth), (page, truth)
        if data is not None:
            assert truth[page] in data.decode()
    everything = titles_seen(story.outside)
    for page, titles in story._voided.items():
        assert not [one for one in titles if one in everything and truth.get(page) != one], page


def _all_titles(story: Story, page: int) -> set[str]:
    known = {shown[page] for shown in story.at_release.values() if page in shown}
    return known | {story.titles[page]}


def _ask(outside: office.Outside) -> None:
    from ..jobs import answer

    outside.settle()
    if outside.waiting is not None:
        answer({"digests": sorted(outside.wanted)})
        outside.take_all()
    if outside.manifest is None or outside.manifest.number < Release.objects.latest("number").number:
        answer({"again": True, "packs": True})
        outside.take_all()


@pytest.fixture
def outside_anew(room, key_folders):
    """A fresh office and public side for every example."""
    import tempfile
    from pathlib import Path

    from taihe.ground.outbox.models import OutboxMessage
    from taihe.ground.releases import ObjectStore
    from taihe.ground.signing import KeyRing

    from ...models import ReleaseState

    def fresh() -> office.Outside:
        ReleaseState.objects.all().delete()
        Release.objects.update(contents_of=None)
        Release.objects.all().delete()
        OutboxMessage.objects.all().delete()
        _empty_the_record()
        sources.forget()
        office.small_office_without_articles()
        return office.Outside(KeyRing(key_folders[1]), ObjectStore(Path(tempfile.mkdtemp(dir=room))))

    return fresh


def _empty_the_record() -> None:
    """Approvals are append-only: the test takes the triggers away to begin anew."""
    from django.db import connection

    from ...models import Approval, Withdrawal

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
                if "inner_portal" in name:
                    cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an altered table may have no checks pending
            cursor.execute("ALTER TABLE inner_portal_approval DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE inner_portal_withdrawal DISABLE TRIGGER USER")
    Approval.objects.all().delete()
    Withdrawal.objects.all().delete()
