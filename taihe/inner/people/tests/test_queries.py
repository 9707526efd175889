"""Finding organs and people the way officials look for them."""

from __future__ import annotations

import pytest

from taihe.ground.errors import Missing
from taihe.inner.people.queries import (
    address_book,
    find_officer,
    find_organ,
    officers,
    organ_by_code,
    organ_tree,
    posts_of_duty,
    search_officers,
    stand_ins_of,
)

from .factories import AppointmentFactory, OfficerFactory, OrganFactory, PostFactory, StandInFactory, days

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(vault_keys):
    """演清星 and 单长乐 in one bureau, 样文 in a township."""
    bureau = OrganFactory(code="JA", short_name="水利局", pinyin="shuiliju slj")
    town = OrganFactory(code="XZ", short_name="旧县镇")
    return {
        "yan": OfficerFactory(name="演清星", phone="19900000001", appointed=True, organ=bureau, title="文书"),
        "shan": OfficerFactory(name="单长乐", appointed=True, organ=bureau, title="局长"),
        "yang": OfficerFactory(name="样文", appointed=True, organ=town, title="镇长"),
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("清星", ["yan"]),
        ("yanqing", ["yan"]),
        ("YQX", ["yan"]),
        ("shanchang", ["shan"]),  # a surname with several readings is found by any of them
        ("danchang", ["shan"]),
        ("scl", ["shan"]),
        ("199 0000 0001", ["yan"]),
        ("+86 199-0000-0001", ["yan"]),
        ("1990000", []),  # part of a number finds nobody
        ("", []),
        ("%", []),
        ("无此人", []),
    ],
)
def test_pickers_find_people(people, typed, found) -> None:
    assert search_officers(typed) == [people[key] for key in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["yan", "shan", "yang"]),
        ("水利局", ["yan", "shan"]),
        ("slj", ["yan", "shan"]),
        ("文书", ["yan"]),
        ("水利局 局长", ["shan"]),
        ("水利局 清星", ["yan"]),
        ("水利局 样文", []),
        ("19900000001", ["yan"]),
    ],
)
def test_address_book_by_person_organ_and_post(people, typed, found) -> None:
    assert {one.officer for one in address_book(text=typed)} == {people[key] for key in found}


def test_address_book_is_one_query_with_masked_phones(people, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        lines = [(one.officer.name, one.post.organ.short_name, one.officer.phone.masked()) for one in address_book()]
    ((name, organ, phone),) = [one for one in lines if one[0] == "演清星"]
    assert (name, organ, phone[:3], "*" in phone) == ("演清星", "水利局", "199", True)
    assert "00000001" not in phone


def test_address_book_shows_who_serves_that_day(people) -> None:
    person = people["yan"]
    person.appointments.update(valid_to=days(-1))
    assert person not in {one.officer for one in address_book()}
    assert person in {one.officer for one in address_book(on=days(-1))}
    OfficerFactory(name="演停用", appointed=True, locked=True)
    assert not address_book(text="演停用").exists()


def test_address_book_within_a_scope(people) -> None:
    town = organ_by_code("XZ")
    village = OrganFactory(parent=town)
    clerk = OfficerFactory(appointed=True, organ=village)
    assert {one.officer for one in address_book(organ=town)} == {people["yang"], clerk}
    assert {one.officer for one in address_book(paths=(village.path,))} == {clerk}
    assert not address_book(paths=()).exists()


def test_accounts_in_a_scope_include_those_who_served_there(people) -> None:
    gone = people["yang"]
    gone.appointments.update(valid_to=days(-9))
    never = OfficerFactory()
    paths = (organ_by_code("XZ").path,)
    assert list(officers(paths=paths)) == [gone]
    assert never in officers()
    assert list(officers(text="样文", status="active")) == [gone]


def test_tree_counts_in_three_queries(django_assert_num_queries) -> None:
    top = OrganFactory()
    left, right = OrganFactory(parent=top), OrganFactory(parent=top)
    person = OfficerFactory(appointed=True, organ=left)
    AppointmentFactory(officer=person, post=PostFactory(organ=right))
    OfficerFactory(appointed=True, organ=top)
    PostFactory(organ=right, valid_to=days(-1))
    OrganFactory(parent=top, valid_from=days(1))
    with django_assert_num_queries(3):
        (node,) = organ_tree()
        counted = [(depth, one.officer_count, one.officer_total, one.posts) for depth, one in node.walk()]
    assert counted == [(0, 1, 2, 1), (1, 1, 1, 1), (1, 1, 1, 1)]
    assert node.all_organs == 3


def test_posts_are_found_by_their_duty() -> None:
    organ = OrganFactory()
    second = PostFactory(organ=organ, duties=["document_clerk"], order=2)
    first = PostFactory(organ=organ, duties=["seal_keeper", "document_clerk"], order=1)
    PostFactory(organ=organ, duties=["document_clerk"], valid_to=days(-1))
    assert posts_of_duty(organ, "document_clerk") == [first, second]


def test_stand_ins_of_both_sides_until_they_end() -> None:
    principal = OfficerFactory(appointed=True)
    running = StandInFactory(principal=principal.appointments.get())
    later = StandInFactory(principal=principal.appointments.get(), valid_from=days(2))
    StandInFactory(principal=principal.appointments.get(), valid_from=days(-9), valid_to=days(-1))
    StandInFactory(principal=principal.appointments.get(), status="revoked")
    assert list(stand_ins_of(principal)) == [running, later]
    assert list(stand_ins_of(running.deputy)) == [running]


def test_what_is_not_there() -> None:
    for read in (lambda: find_officer(10**9), lambda: find_organ(10**9), lambda: organ_by_code("NO")):
        with pytest.raises(Missing):
            read()
