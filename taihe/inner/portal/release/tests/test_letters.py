"""What crosses: urgent notices, answers to what is lacking, and what the public side tells."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.gate.letters.portal import Found, PortalAlarm, PortalServed, PortalWanted
from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox.actions import enqueue
from taihe.ground.outbox.worker import drain
from taihe.inner.portal import letters
from taihe.inner.portal.models import Release, ReleaseAlarm, ReleaseState

from . import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(room):
    office.small_office()
    return office.bake()


def arrives(handler, letter) -> None:
    with unit_of_work("test.deliver", office.SYSTEM):
        handler(letter)


def urgent(page: int) -> None:
    """An urgent withdrawal, told as the office tells it."""
    office.withdraw(page, urgent=True)
    with unit_of_work("test.withdraw", office.SYSTEM):
        enqueue("portal.tombstone", {"page": page}, dedupe=f"portal.tombstone:{page}", priority=0)
    drain("main")


def test_an_urgent_notice_hides_at_once_and_the_next_release_makes_it_good(site, outside):
    outside.take_all()
    urgent(101)
    outside.take_all()
    assert outside.manifest.number == 1
    assert outside.sees("/content/101.html") is None
    assert outside.sees("/t/content/101.html") is None
    assert outside.sees("/content/100.html")
    office.bake()
    outside.take_all()
    assert not outside.hidden()
    assert outside.sees("/content/101.html") is None
    assert [one.kind for one in office.posted()] == ["portal.release", "portal.tombstone", "portal.release"]
    assert office.posted()[1].lane == "urgent"


def test_a_later_notice_says_all_that_an_earlier_one_did(site, outside):
    outside.take_all()
    urgent(101)
    urgent(102)
    lost, kept = office.posted()[-2:]
    outside.take(kept)
    assert outside.sees("/content/101.html") is None
    assert outside.sees("/content/102.html") is None
    outside.take(lost)  # late: it says less, and takes nothing back
    assert outside.sees("/content/102.html") is None


def test_a_notice_that_overtakes_its_release_holds(site, outside):
    """The bulk lane is slow: the release in which a page first stood arrives after its withdrawal."""
    outside.take_all()
    office.approve(office.article(130, "带病上线的一篇"))
    office.bake()
    urgent(130)
    slow, fast = office.posted()[-2:]
    assert (slow.kind, fast.kind) == ("portal.release", "portal.tombstone")
    outside.take(fast)
    outside.take(slow)
    assert outside.manifest.number == 2
    assert outside.sees("/content/130.html") is None


def test_a_notice_names_the_files_of_the_page(site, outside):
    from .test_making import with_download

    office.approve(with_download(140, b"only here"))
    office.approve(with_download(141, b"shared"))
    office.approve(with_download(142, b"shared"))
    office.bake()
    outside.take_all()
    urgent(140)
    urgent(141)
    outside.take_all()
    shown = outside.everything().values()
    assert b"only here" not in shown
    assert b"shared" in shown


def test_what_is_lacking_is_sent_and_nothing_else(site, outside):
    release, *_ = office.posted()
    outside.take(release)
    lacking = [outside.manifest.by_path[path].sha256 for path in ("/robots.txt", "~error.html", "/tzgg/")]
    for sha256 in lacking:
        outside.store.delete(sha256)
    office.withdraw(101)
    gone = outside.manifest.by_path["/content/101.html"].sha256
    office.bake()
    letter = PortalWanted(number=2, highest=2, everything=False, digests=(*lacking, gone, "a" * 64))
    arrives(letters.wanted, letter)
    drain("bake")
    outside.taken = 1
    outside.take_all()
    assert all(outside.store.has(one) for one in lacking)
    answer = office.posted()[-1]
    assert answer.kind == "portal.objects"
    assert not outside.store.has("a" * 64)
    entry = AuditEntry.objects.get(action="portal.send_objects")
    assert entry.detail["number"] == 2
    assert gone not in str(answer)


def test_a_public_side_that_lost_everything_gets_the_newest_release_whole(site, outside):
    office.approve(office.article(101, "改过的题目"), minutes=60)
    office.bake()
    arrives(letters.wanted, PortalWanted(number=0, highest=0, everything=True, digests=()))
    drain("bake")
    outside.take(office.posted()[-1])
    assert outside.manifest.number == 2
    assert "改过的题目" in outside.sees("/content/101.html").decode()
    assert Release.objects.count() == 2


def served(number: int, **given) -> PortalServed:
    plain = PortalServed(number=number, at=clock.now(), highest=number, notice_serial=0, starting=False)
    return plain.model_copy(update=given)


def test_the_moment_of_being_seen_is_kept(site):
    at = clock.now() + timedelta(seconds=9)
    arrives(letters.served, served(1, at=at))
    arrives(letters.served, served(1, at=at + timedelta(hours=1)))
    site.refresh_from_db()
    assert site.served_at == at
    assert site.visible_seconds == pytest.approx((at - site.made_at).total_seconds())
    assert ReleaseState.objects.get().outer_number == 1


def test_a_public_side_restored_from_a_backup_gets_the_newest_again(site, outside):
    urgent(101)
    office.bake()
    before = len(office.posted())
    arrives(letters.served, served(1, starting=False))  # the second is still on its way: nothing to do
    drain("bake")
    assert len(office.posted()) == before
    arrives(letters.served, served(1, starting=True))
    drain("bake")
    again = office.posted()[-1]
    assert (again.kind, len(again.attachments)) == ("portal.release", 1)


def test_an_office_restored_from_a_backup_skips_the_numbers_it_forgot(site):
    arrives(letters.served, served(40, highest=40))
    drain("bake")
    newest = Release.objects.first()
    assert newest.number == 42
    assert newest.kind == "full"


def test_both_sides_restored_do_not_lock_each_other_out(site):
    """The public side holds nothing but remembers release 40: what we would send again it would refuse."""
    arrives(letters.wanted, PortalWanted(number=40, highest=40, everything=True, digests=()))
    drain("bake")
    newest = Release.objects.first()
    assert newest.number == 42
    assert [one.kind for one in office.posted()].count("portal.release") == 2


@pytest.mark.parametrize(("path", "number"), [("releases/1", 4), ("releases/7", 1)])
def test_a_number_that_the_public_side_knows_with_other_contents_is_skipped(site, path, number):
    found = Found(kind="chain", copy_name="", path=path, healed=False)
    now = clock.now()
    letter = PortalAlarm(kind="chain", since=now, until=now, count=1, sentence="第 1 号发布已经有过。", found=(found,))
    arrives(letters.alarm, letter)
    drain("bake")
    assert Release.objects.first().number == number


def test_alarms_of_the_public_side_are_recorded_here(site):
    now = clock.now()
    found = Found(kind="changed", copy_name="a", path="/content/101.html", healed=True)
    letter = PortalAlarm(
        kind="tamper", since=now, until=now, count=2, sentence="一个页面被改动，已恢复。", found=(found,)
    )
    arrives(letters.alarm, letter)
    arrives(letters.alarm, letter)
    row = ReleaseAlarm.objects.get()
    assert (row.zone, row.kind, row.times, row.subject) == ("outer", "tamper", 4, "/content/101.html")
    assert len(row.found) == 2
    assert AuditEntry.objects.filter(action="portal.outer_alarm").count() == 2
