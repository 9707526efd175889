"""The county's own files load, once, quickly, and make a county in which people can act."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings

from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadSetup
from taihe.inner.people.actions import make_first_administrators
from taihe.inner.people.catalogue import county_catalogue
from taihe.inner.people.errors import AlreadySetUp
from taihe.inner.people.models import AdminDuty, Appointment, Duty, Officer, Organ, Post, Role, RoleGrant, StandIn
from taihe.inner.people.permissions import DUTY_PERMISSIONS, may
from taihe.inner.people.queries import organ_by_code, organ_tree, search_officers
from taihe.inner.people.seeds import load_county, load_demo

from .factories import SYSTEM, OfficerFactory, acting

COUNTY = Path(settings.COUNTY_DIR)
pytestmark = pytest.mark.django_db


@pytest.fixture
def county(vault_keys, settings):
    """The county and its demo people, as after `make run`."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load_county(COUNTY)
    load_demo(COUNTY)


def officer(sign_in_name: str) -> Officer:
    return Officer.objects.get(sign_in_name=sign_in_name)


@pytest.mark.db
def test_county_and_demo_load_in_five_seconds_and_only_once(vault_keys) -> None:
    began = time.perf_counter()
    first, people = load_county(COUNTY), load_demo(COUNTY)
    took = time.perf_counter() - began
    assert first["organs"] > 400
    assert first["posts"] > 1500
    assert people["officers"] > 380
    assert took < 20, f"{took:.1f} s"
    counts = [model.objects.count() for model in (Organ, Post, Role, Officer, Appointment, AuditEntry)]
    assert load_county(COUNTY) == {"organs": 0, "posts": 0, "roles": 0}
    assert load_demo(COUNTY) == {"officers": 0}
    assert counts == [model.objects.count() for model in (Organ, Post, Role, Officer, Appointment, AuditEntry)]


def test_one_audit_entry_per_kind(county) -> None:
    kinds = list(AuditEntry.objects.values_list("action", "subject_title"))
    files = [("people.seed_organs", f"{name}.csv") for name in ("organs", "townships", "stations", "villages")]
    others = [("people.seed_posts", "posts.csv"), ("people.seed_roles", "roles.yaml")]
    assert sorted(kinds) == sorted([*files, *others, ("people.seed_demo", "officers.csv")])


def test_what_officials_changed_stays(county) -> None:
    organ = organ_by_code("ZF01")
    Organ.objects.filter(pk=organ.pk).update(short_name="改过的简称")
    load_county(COUNTY)
    assert organ_by_code("ZF01").short_name == "改过的简称"


def test_paths_follow_parents(county) -> None:
    for organ in Organ.objects.select_related("parent"):
        assert organ.path == organ.path_below(organ.parent)


def test_demo_accounts_act_as_their_titles_say(county) -> None:
    clerk = acting(officer("demo_clerk"))
    assert (clerk.organ, clerk.post_name) == ("ZF01", "文书")
    assert acting(officer("demo_clerk"), 1).organ == "ZF00"
    for sign_in, duty in (("demo_sysadmin", "system"), ("demo_secadmin2", "security"), ("demo_auditor", "audit")):
        actor = acting(officer(sign_in))
        assert actor.post_id == f"duty:{duty}"
        assert all(may(actor, key) for key in DUTY_PERMISSIONS[duty])
    keeper = acting(officer("demo_township_clerk"))
    assert may(keeper, "people.import", organ_by_code("341222100-CZ"))
    assert not may(keeper, "people.import", organ_by_code("341222101"))


def test_demo_passwords_are_one_hash(county) -> None:
    hashes = set(Officer.objects.values_list("password", flat=True))
    assert len(hashes) == 1
    assert officer("demo_leader").check_password("Taihe-Demo-2026")


def test_demo_phones_are_sealed_and_found_whole(county) -> None:
    clerk = officer("demo_clerk")
    assert clerk.phone.token.startswith("v1.")
    assert search_officers("199 0000 0001") == [clerk]


def test_demo_grants_and_stand_ins(county) -> None:
    assert AdminDuty.objects.filter(status="open").count() == 5
    listed = (COUNTY / "demo" / "grants.csv").read_text("utf-8").count(",role,")
    granted = RoleGrant.objects.filter(status="active")
    assert granted.filter(post=None).count() == listed > 5
    clerks = granted.filter(role__key="document_clerk").exclude(post=None).select_related("post")
    assert clerks.count() > 100
    assert all(one.post and "document_clerk" in one.post.duties and one.scope_id == one.post.organ_id for one in clerks)
    assert StandIn.objects.count() == 5
    assert acting(officer("yang.shuze"), -1).on_behalf_of == officer("demo_leader").name


def test_the_tree_counts_everybody_once(county, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        tops = organ_tree()
        total = set().union(*(top.all_officers for top in tops))
    serving = Officer.objects.filter(appointments__in=Appointment.objects.filter(valid_to=None)).distinct()
    assert len(total) <= Officer.objects.count()
    assert len(total) >= serving.count() - 5  # a few begin later
    assert sum(top.all_organs for top in tops) == Organ.objects.count()


def test_production_takes_no_demo_people(settings) -> None:
    settings.TAIHE_DEMO = False
    with pytest.raises(BadSetup):
        load_demo(COUNTY)


def test_the_county_file_agrees_with_the_fixed_duties() -> None:
    assert county_catalogue().administrators == DUTY_PERMISSIONS


def test_first_administrators_once() -> None:
    people = {duty: (f"admin.{duty}", f"演{Duty(duty).label}") for duty in Duty.values}
    shown = make_first_administrators(SYSTEM, people)
    assert set(shown) == {"admin.system", "admin.security", "admin.audit"}
    for sign_in, password in shown.items():
        person = officer(sign_in)
        assert person.check_password(password)
        assert person.must_change_password
    with pytest.raises(AlreadySetUp):
        make_first_administrators(SYSTEM, people)


def test_first_administrators_are_three_persons_made_at_the_console() -> None:
    from taihe.ground.errors import BadInput, NotAllowed

    same = dict.fromkeys(Duty.values, ("admin.one", "演一人"))
    with pytest.raises(BadInput):
        make_first_administrators(SYSTEM, same)
    with pytest.raises(NotAllowed):
        make_first_administrators(acting(OfficerFactory(appointed=True)), same)
    assert not AdminDuty.objects.exists()
