"""Organs through time: established, renamed, moved, merged, abolished, each a dated event that stays."""

from __future__ import annotations

import pytest

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, NotAllowed, StaleVersion
from taihe.inner.people import actions
from taihe.inner.people.errors import CircularParent, OrganInUse, WrongOrganState
from taihe.inner.people.models import Appointment, Organ, OrganEvent, RoleGrant, StandIn
from taihe.inner.people.permissions import may
from taihe.inner.people.queries import organ_history, organ_trail, organs_named_on, posts_of, subtree
from taihe.inner.people.registry import on_organ_changed

from .factories import (
    LONG_AGO,
    SYSTEM,
    AdminFactory,
    AppointmentFactory,
    OfficerFactory,
    OrganFactory,
    PostFactory,
    RoleFactory,
    RoleGrantFactory,
    StandInFactory,
    acting,
    days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    return OrganFactory(code="ZF", name="太和县人民政府")


@pytest.fixture
def keeper(top):
    """Somebody who keeps the organs below the top one, and nothing else."""
    return acting(OfficerFactory(appointed=True, organ=top, permissions=["people.edit_organs", "people.appoint"]))


def create(actor, parent, **fields):
    return actions.create_organ(
        actor,
        **{
            "code": "XJ",
            "name": "太和县新局",
            "short_name": "新局",
            "kind": "gov_dept",
            "system": "government",
            "parent": parent.pk if parent else None,
            **fields,
        },
    )


def test_establish(keeper, top) -> None:
    organ = create(keeper, top)
    assert organ.path == "ZF/XJ/"
    assert "xinju" in organ.pinyin
    event = OrganEvent.objects.get(organ=organ)
    assert (event.kind, event.after_name, event.on) == ("established", "太和县新局", clock.today())
    assert AuditEntry.objects.get(action="people.create_organ").detail["code"] == "XJ"


@pytest.mark.parametrize(
    "bad",
    [{"code": "ZF"}, {"code": "zf"}, {"code": "A/B"}, {"kind": "castle"}, {"name": " "}, {"name": "长" * 121}],
)
def test_establish_refuses_bad_values(keeper, top, bad) -> None:
    with pytest.raises(BadInput):
        create(keeper, top, **bad)
    assert Organ.objects.count() == 1
    assert AuditEntry.objects.get().outcome == "refused"


def test_the_keeper_of_one_subtree_touches_no_other_and_not_the_top(keeper, top) -> None:
    other = OrganFactory()
    with pytest.raises(NotAllowed):
        create(keeper, other)
    with pytest.raises(NotAllowed):
        create(keeper, None)
    child = create(keeper, top)
    for parent in (other.pk, None):
        with pytest.raises(NotAllowed):
            actions.move_organ(keeper, child.pk, child.version, parent=parent)
    assert create(acting(AdminFactory(duty="system")), None, code="DX").path == "DX/"


def test_rename_keeps_the_old_name_for_the_old_days(keeper, top) -> None:
    organ = OrganFactory(parent=top, name="太和县甲局", short_name="甲局")
    renamed = actions.rename_organ(
        keeper, organ.pk, 1, name="太和县乙局", short_name="乙局", on=days(-10), basis="测编〔2026〕1号"
    )
    assert (renamed.name_on(days(-11)), renamed.name_on(days(-10)), renamed.name) == (
        "太和县甲局",
        "太和县乙局",
        "太和县乙局",
    )
    assert organs_named_on(days(-11), [renamed, top]) == {organ.pk: "太和县甲局", top.pk: top.name}
    assert renamed.version == 2
    assert organ_history(organ).get().basis == "测编〔2026〕1号"


def test_renamed_twice_then_asked_about_each_day(keeper, top) -> None:
    pk = OrganFactory(parent=top, name="一").pk
    actions.rename_organ(keeper, pk, 1, name="二", short_name="二", on=days(-20))
    organ = actions.rename_organ(keeper, pk, 2, name="三", short_name="三", on=days(-10))
    assert [organ.name_on(days(-n)) for n in (30, 20, 11, 10, 0)] == ["一", "二", "二", "三", "三"]


def test_a_stale_form_is_refused(keeper, top) -> None:
    organ = OrganFactory(parent=top)
    actions.rename_organ(keeper, organ.pk, 1, name="新名称", short_name="新")
    with pytest.raises(StaleVersion):
        actions.rename_organ(keeper, organ.pk, 1, name="又一名称", short_name="又")


def test_no_change_takes_effect_in_the_future(keeper, top) -> None:
    organ = OrganFactory(parent=top)
    with pytest.raises(BadInput):
        actions.rename_organ(keeper, organ.pk, 1, name="明日局", short_name="明日局", on=days(1))


def test_move_takes_the_whole_subtree_along(keeper, top) -> None:
    old, new = OrganFactory(parent=top, code="JA"), OrganFactory(parent=top, code="JB")
    organ = OrganFactory(parent=old, code="GU")
    leaf = OrganFactory(parent=organ, code="ZU")
    twin = OrganFactory(parent=old, code="GU2")  # a code that only begins alike stays where it is
    moved = actions.move_organ(keeper, organ.pk, 1, parent=new.pk)
    leaf.refresh_from_db()
    twin.refresh_from_db()
    assert (moved.path, leaf.path, twin.path) == ("ZF/JB/GU/", "ZF/JB/GU/ZU/", "ZF/JA/GU2/")
    assert [one.code for one in organ_trail(leaf)] == ["ZF", "JB", "GU", "ZU"]
    assert set(subtree(new)) == {new, organ, leaf}


def test_no_organ_stands_below_itself(keeper, top) -> None:
    organ = OrganFactory(parent=top)
    leaf = OrganFactory(parent=organ)
    for parent in (leaf.pk, organ.pk):
        with pytest.raises(CircularParent):
            actions.move_organ(keeper, organ.pk, 1, parent=parent)


def test_abolish_needs_an_empty_organ(keeper, top) -> None:
    organ = OrganFactory(parent=top)
    appointment = AppointmentFactory(post=PostFactory(organ=organ))
    with pytest.raises(OrganInUse):
        actions.abolish_organ(keeper, organ.pk, 1)
    actions.end_appointment(keeper, appointment.pk, 1, last_day=days(-1))
    child = OrganFactory(parent=organ)
    with pytest.raises(OrganInUse):
        actions.abolish_organ(keeper, organ.pk, 1)
    actions.abolish_organ(keeper, child.pk, 1)
    ended = actions.abolish_organ(keeper, organ.pk, 1)
    assert (ended.status, ended.valid_to) == ("abolished", days(-1))
    assert not ended.posts.filter(valid_to=None).exists()
    with pytest.raises(WrongOrganState):
        actions.rename_organ(keeper, organ.pk, ended.version, name="复活局", short_name="复活局")
    with pytest.raises(WrongOrganState):
        create(keeper, organ)


class TestMerger:
    """甲局 is merged into 乙局."""

    @pytest.fixture
    def county(self, top):
        first = OrganFactory(parent=top, code="JA", name="太和县甲局", short_name="甲局")
        second = OrganFactory(parent=top, code="JB", name="太和县乙局", short_name="乙局")
        return first, second

    def test_people_continue_in_the_successor(self, keeper, county) -> None:
        first, second = county
        clerk = OfficerFactory(appointed=True, organ=first, title="文书")
        later = AppointmentFactory(post=PostFactory(organ=first, title="科员"), valid_from=days(20))
        merged = actions.merge_organ(keeper, first.pk, 1, into=second.pk, on=days(-3))
        assert (merged.status, merged.successor, merged.valid_to) == ("merged", second, days(-4))
        now = posts_of(clerk).get()
        assert (now.post.organ, now.post.title, now.is_main, now.valid_from) == (second, "文书", True, days(-3))
        assert posts_of(clerk, days(-4)).get().post.organ == first
        later.refresh_from_db()
        assert not later.holds_on(days(20))
        assert posts_of(later.officer, days(20)).get().post.organ == second
        assert acting(clerk).organ == "JB"

    def test_two_heads_do_not_share_one_post(self, keeper, county) -> None:
        first, second = county
        for organ in county:
            OfficerFactory(appointed=PostFactory(organ=organ, title="局长", max_holders=1))
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        held = Appointment.objects.filter(valid_to=None, post__organ=second)
        titles = set(held.values_list("post__title", flat=True))
        assert titles == {"局长", "局长（原甲局）"}

    def test_room_in_the_same_post_is_used(self, keeper, county) -> None:
        first, second = county
        for organ in county:
            OfficerFactory(appointed=PostFactory(organ=organ, title="科员", max_holders=2))
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        assert second.posts.get(title="科员").appointments.filter(valid_to=None).count() == 2

    def test_somebody_in_both_keeps_both(self, keeper, county) -> None:
        first, second = county
        officer = OfficerFactory(appointed=PostFactory(organ=first, title="科员"))
        AppointmentFactory(officer=officer, post=PostFactory(organ=second, title="科员"))
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        assert posts_of(officer).count() == 2

    def test_children_hang_below_the_successor(self, keeper, county) -> None:
        first, second = county
        child = OrganFactory(parent=first, code="ZU")
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        child.refresh_from_db()
        assert child.path == "ZF/JB/ZU/"

    def test_roles_are_asked_for_anew_and_give_nothing_until_approved(self, keeper, county) -> None:
        first, second = county
        officer = OfficerFactory(appointed=True, organ=first, permissions=["people.stand_in"])
        on_post = RoleGrantFactory(
            post=officer.appointments.get().post, role=RoleFactory(permissions=["people.import"]), scope=first
        )
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        on_post.refresh_from_db()
        assert on_post.status == "revoked"
        asked = RoleGrant.objects.filter(status="requested")
        assert {one.scope for one in asked} == {second}
        assert asked.count() == 2
        assert not may(acting(officer), "people.stand_in")
        assert not may(acting(officer), "people.import")

    def test_stand_ins_go_on(self, keeper, county) -> None:
        first, second = county
        principal = OfficerFactory(appointed=True, organ=first).appointments.get()
        deputy = StandInFactory(principal=principal).deputy
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        assert StandIn.objects.get(status="active").principal.post.organ == second
        assert acting(deputy).organ == "JB"

    def test_the_record_stays(self, keeper, county) -> None:
        first, second = county
        OfficerFactory(appointed=True, organ=first)
        actions.merge_organ(keeper, first.pk, 1, into=second.pk, basis="测编〔2026〕2号")
        event = organ_history(second).get(kind="merged")
        assert (event.organ, event.into, event.before_name) == (first, second, "太和县甲局")
        entries = AuditEntry.objects.filter(action="people.merge_organ")
        assert {entry.subject_type for entry in entries} == {"inner_people.organ", "inner_people.appointment"}
        assert len({entry.event for entry in entries}) == 1

    def test_not_into_itself_nor_below_itself(self, keeper, county) -> None:
        first, second = county
        below = OrganFactory(parent=first)
        with pytest.raises(CircularParent):
            actions.merge_organ(keeper, first.pk, 1, into=below.pk)
        with pytest.raises(BadInput):
            actions.merge_organ(keeper, first.pk, 1, into=first.pk)
        actions.merge_organ(keeper, first.pk, 1, into=second.pk)
        third = OrganFactory(parent=second)
        with pytest.raises(WrongOrganState):
            actions.merge_organ(keeper, third.pk, 1, into=first.pk)


def test_higher_modules_hear_of_every_change_in_the_same_transaction(keeper, top) -> None:
    heard = []

    @on_organ_changed("test.listener")
    def listen(actor, event) -> None:
        heard.append((event.kind, event.organ.code))
        if event.kind == "renamed":
            raise BadInput(what="有未办结的公文。")

    try:
        organ = create(keeper, top)
        with pytest.raises(BadInput):
            actions.rename_organ(keeper, organ.pk, 1, name="改名局", short_name="改名局")
        with pytest.raises(RuntimeError):
            on_organ_changed("test.listener")(listen)
    finally:
        on_organ_changed.remove("test.listener")
    organ.refresh_from_db()
    assert organ.name == "太和县新局"
    assert heard == [("established", "XJ"), ("renamed", "XJ")]


def test_edit_and_posts(keeper, top) -> None:
    organ, guide = OrganFactory(parent=top), OrganFactory()
    edited = actions.edit_organ(
        keeper, organ.pk, 1, order=7, guide_parent=guide.pk, host=None, credit_code="", note="测试"
    )
    assert (edited.order, edited.guide_parent, edited.version) == (7, guide, 2)
    post = actions.create_post(keeper, organ.pk, title="核稿员", rank="clerk", duties=["reviewer"], max_holders=2)
    with pytest.raises(BadInput):
        actions.create_post(keeper, organ.pk, title="核稿员", rank="clerk")
    with pytest.raises(BadInput):
        actions.create_post(keeper, organ.pk, title="国王", rank="clerk", duties=["king"])
    appointment = AppointmentFactory(post=post, valid_from=clock.today())
    with pytest.raises(OrganInUse):
        actions.close_post(keeper, post.pk, 1)
    actions.end_appointment(keeper, appointment.pk, 1)
    assert actions.close_post(keeper, post.pk, 1).valid_to == clock.today()


def test_the_system_may_act_without_roles(top) -> None:
    assert create(SYSTEM, top, valid_from=LONG_AGO).valid_from == LONG_AGO
