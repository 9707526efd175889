"""Going back to an earlier release: two persons, nothing withdrawn revived, and publishing rests until resumed."""

from __future__ import annotations

import pytest

from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.worker import drain
from taihe.inner.people.tests import factories as make
from taihe.inner.portal.models import Release, ReleaseState, RollbackRequest

from .. import actions
from ..errors import AlreadyAsked, NothingPinned, NotOpen, OwnRequest
from ..making import Order
from . import office

pytestmark = pytest.mark.django_db


def publisher() -> Actor:
    """An officer who may release."""
    held = make.AppointmentFactory()
    make.RoleGrantFactory(appointment=held, role__permissions=["portal.release"], scope=held.post.organ)
    return Actor("officer", str(held.officer_id), held.officer.name, str(held.post_id), "发布员")


@pytest.fixture
def people(room):
    return publisher(), publisher()


@pytest.fixture
def three(room):
    """Three releases: at the second, an article was changed; at the third, another was added."""
    office.small_office()
    first = office.bake()
    office.approve(office.article(101, "改错了的题目"), minutes=60)
    second = office.bake()
    office.approve(office.article(150, "后来的一篇"), minutes=70)
    return first, second, office.bake()


def go_back(people, number: int) -> RollbackRequest:
    asked = actions.ask_rollback(people[0], number, reason="题目有误")
    return actions.decide_rollback(people[1], asked.pk, asked.version, agreed=True, words="同意")


def test_the_site_goes_back_byte_for_byte(three, people, outside):
    outside.take_all()
    office_before = three[0]
    go_back(people, 1)
    drain("bake")
    release = Release.objects.first()
    outside.take_all()
    assert (release.number, release.kind, release.contents_of) == (4, "rollback", office_before)
    assert outside.manifest.number == 4
    assert "第101号演示信息" in outside.sees("/content/101.html").decode()
    assert outside.sees("/content/150.html") is None
    from ..folder import release_store
    from ..making import read_manifest

    assert outside.manifest.files == read_manifest(release_store(), office_before).files
    assert RollbackRequest.objects.get().status == "done"


def test_what_was_withdrawn_is_not_revived(three, people, outside):
    office.withdraw(101)
    office.withdraw(100)
    office.bake()
    go_back(people, 1)
    drain("bake")
    outside.take_all()
    shown = outside.everything()
    assert outside.manifest.number == 5
    assert "/content/101.html" not in shown
    assert not [path for path, data in shown.items() if "第101号".encode() in data or "第100号".encode() in data]
    assert {"/content/101.html", "/content/100.html"} <= {one.path for one in outside.manifest.tombstones}
    assert "第102号" in shown["/zwdt/"].decode()


def test_publishing_rests_until_it_is_resumed(three, people, outside):
    go_back(people, 1)
    drain("bake")
    office.approve(office.article(160, "期间批准的一篇"), minutes=80)
    assert office.bake() is None
    office.withdraw(102)
    assert office.bake().number == 5  # a withdrawal goes out all the same
    outside.take_all()
    assert outside.sees("/content/102.html") is None
    assert outside.sees("/content/160.html") is None
    assert "第101号演示信息" in outside.sees("/content/101.html").decode()
    actions.resume(people[0], reason="已改好")
    drain("bake")
    outside.take_all()
    assert ReleaseState.objects.get().pinned is None
    assert outside.sees("/content/160.html")
    assert "改错了的题目" in outside.sees("/content/101.html").decode()
    with pytest.raises(NothingPinned):
        actions.resume(people[0], reason="再来一次")


def test_it_takes_two_persons(three, people):
    asked = actions.ask_rollback(people[0], 1, reason="题目有误")
    with pytest.raises(OwnRequest):
        actions.decide_rollback(people[0], asked.pk, asked.version, agreed=True, words="自己同意")
    with pytest.raises(AlreadyAsked):
        actions.ask_rollback(people[1], 2, reason="又一项")
    outsider = make.AppointmentFactory()
    nobody = Actor("officer", str(outsider.officer_id), "某", str(outsider.post_id))
    for act in (
        lambda: actions.ask_rollback(nobody, 1, reason="不该"),
        lambda: actions.decide_rollback(nobody, asked.pk, asked.version, agreed=True, words="不该"),
        lambda: actions.ask_bake(nobody, full=True, reason="不该"),
        lambda: actions.resume(nobody, reason="不该"),
    ):
        with pytest.raises(NotAllowed):
            act()
    actions.decide_rollback(people[1], asked.pk, asked.version, agreed=False, words="不同意")
    with pytest.raises(NotOpen):
        actions.decide_rollback(people[1], asked.pk, asked.version + 1, agreed=True, words="又同意")
    assert not OutboxMessage.objects.filter(kind="portal.bake", payload__kind="rollback").exists()


def test_a_confirmed_roll_back_is_carried_out_once(three, people):
    go_back(people, 1)
    payload = OutboxMessage.objects.get(payload__kind="rollback").payload
    drain("bake")
    from ..jobs import bake

    bake(payload)
    assert Release.objects.count() == 4


def test_going_back_twice_and_making_all_anew(three, people, outside):
    go_back(people, 1)
    drain("bake")
    go_back(people, 2)
    drain("bake")
    outside.take_all()
    assert "改错了的题目" in outside.sees("/content/101.html").decode()
    actions.ask_bake(people[0], full=True, reason="模板有误，重制")
    drain("bake")
    release = Release.objects.first()
    assert (release.kind, release.made_by, release.cause) == ("full", people[0].person_name, "模板有误，重制")
    assert ReleaseState.objects.get().pinned is None
    assert office.bake(Order()) is None
