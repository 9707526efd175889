"""What of old releases is let go, and whether the newest lies as it was signed."""

from __future__ import annotations

import pytest

from ...models import Release, ReleaseState, RollbackRequest
from ..folder import release_store
from ..making import read_manifest
from ..sweeping import sweep
from . import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(room):
    office.small_office()
    return office.bake()


def change(times: int) -> None:
    """Releases in which one page changes."""
    for number in range(times):
        office.approve(office.article(101, f"第{number}稿"), minutes=90 + number)
        assert office.bake()


def objects(release: Release) -> set[str]:
    return set(read_manifest(release_store(), release).objects)


# Sweeping -----------------------------------------------------------------------------------------


def test_what_only_old_releases_name_is_let_go_and_the_kept_ones_stay_whole(site):
    old = objects(site)
    change(3)
    store = release_store()
    kept = list(Release.objects.order_by("-number")[:2])
    needed = set().union(*(objects(one) for one in kept))
    gone = sweep(store, 2)
    there = set(store.digests())
    assert gone > 0
    assert needed <= there
    assert not (old - needed) & there
    assert all(store.has(one) for release in kept for one in (release.digest, release.facts, release.sources))
    assert not store.has(site.digest)
    assert sweep(store, 2) == 0
    change(1)  # and publishing goes on


def test_a_release_that_is_stood_on_or_asked_for_is_kept(site):
    first = Release.objects.get()
    change(3)
    RollbackRequest.objects.create(
        target=first, reason="演示回退", asked_by_id="1", asked_by_name="示某", asked_at=first.made_at
    )
    state = ReleaseState.objects.get()
    state.pinned = Release.objects.get(number=2)
    state.save()
    names = objects(first) | objects(Release.objects.get(number=2))
    sweep(release_store(), 1)
    assert all(release_store().has(one) for one in names)


def test_on_doubt_nothing_is_let_go(site):
    from .. import making

    change(2)
    store = release_store()
    store.delete(Release.objects.get(number=2).digest)
    making._read.clear()
    before = set(store.digests())
    assert sweep(store, 2) == 0
    assert set(store.digests()) == before
