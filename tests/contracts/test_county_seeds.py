"""The county folder holds together: whoever edits organs, posts or demo people learns here what no longer fits.

Read with csv, tomllib and yaml only, as the files stand, so that a mistake shows before anything is loaded.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from datetime import date
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

COUNTY = Path(__file__).resolve().parents[2] / "config" / "taihe"
ORGAN_FILES = ("organs.csv", "townships.csv", "stations.csv", "villages.csv")
Row = dict[str, str]

# Nine-digit codes after 341222, statistics as of 2022-10-31.
TOWNSHIPS = """
100城关镇 101旧县镇 102税镇镇 103皮条孙镇 104原墙镇 105倪邱镇 106李兴镇 107大新镇
108肖口镇 109关集镇 110三塔镇 111双浮镇 112蔡庙镇 113三堂镇 114苗老集镇 115赵庙镇
116宫集镇 117坟台镇 118洪山镇 119清浅镇 120五星镇 121高庙镇 122桑营镇 123大庙集镇
124阮桥镇 125双庙镇 126胡总镇 127郭庙镇 128二郎镇 129马集镇 201赵集乡 400经开区
"""

NOT_COUNTY_ORGANS = {"superior", "internal_office", "leading_group", "leading_group_office"}
DEMO_SIGN_INS = {
    "demo_clerk", "demo_leader", "demo_editor", "demo_reviewer", "demo_counter", "demo_township_clerk",
    "demo_village_clerk", "demo_sysadmin", "demo_secadmin", "demo_auditor",
}  # fmt: skip


def read(name: str) -> list[Row]:
    with (COUNTY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def county() -> dict[str, Any]:
    return tomllib.loads((COUNTY / "county.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def roles() -> dict[str, Any]:
    return yaml.safe_load((COUNTY / "roles.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def organs() -> list[Row]:
    return [row for name in ORGAN_FILES for row in read(name)]


@pytest.fixture(scope="module")
def by_code(organs: list[Row]) -> dict[str, Row]:
    return {row["code"]: row for row in organs}


@pytest.fixture(scope="module")
def posts() -> list[Row]:
    return read("posts.csv")


@pytest.fixture(scope="module")
def appointments() -> list[Row]:
    return read("demo/officers.csv")


def posts_of(organ: Row, posts: list[Row]) -> list[Row]:
    """Posts an organ may have: its kind's, narrowed by the patterns of its full name."""
    return [
        post
        for post in posts
        if post["organ_kind"] == organ["kind"]
        and (not post["only"] or any(fnmatchcase(organ["name"], pattern) for pattern in post["only"].split()))
    ]


def period(row: Row) -> tuple[date, date]:
    end = date.fromisoformat(row["appointed_to"]) if row["appointed_to"] else date.max
    return date.fromisoformat(row["appointed_from"]), end


# --- organs


def test_every_organ_file_has_the_same_columns_and_no_stray_cells():
    headers = {name: list(read(name)[0]) for name in (*ORGAN_FILES, "demo/import_good.csv", "demo/import_bad.csv")}
    assert len({tuple(header) for header in headers.values()}) == 1, headers
    for name in ORGAN_FILES:
        assert all(None not in row and None not in row.values() for row in read(name)), name


def test_codes_are_unique_over_all_files(organs):
    assert [code for code, times in Counter(row["code"] for row in organs).items() if times > 1] == []


def test_short_names_tell_organs_apart(organs):
    assert [name for name, times in Counter(row["short_name"] for row in organs).items() if times > 1] == []


def test_every_upper_organ_exists_and_stands_before(organs):
    seen: set[str] = set()
    for row in organs:
        for column in ("parent", "guide_parent", "host"):
            assert row[column] == "" or row[column] in seen, f"{row['code']} {column}={row[column]}"
        seen.add(row["code"])


def test_only_the_county_leading_bodies_stand_at_the_top(organs):
    roots = {row["code"] for row in organs if not row["parent"] and row["kind"] != "superior"}
    assert roots == {"DW00", "RD00", "ZF00", "ZX00", "JW00", "WZ00", "FY00", "JC00"}


def test_kinds_systems_and_marks_are_known(organs, county):
    for row in organs:
        assert row["kind"] in county["kinds"], row
        assert row["system"] in county["systems"], row
        assert row["editable"] == "1" and row["credit_code"] == "" and row["order"].isdigit(), row
        date.fromisoformat(row["valid_from"])
    assert {row["kind"] for row in organs} == set(county["kinds"])
    assert {row["system"] for row in organs} == set(county["systems"])


def test_siblings_have_distinct_order(organs):
    assert max(Counter((row["parent"], row["order"]) for row in organs).values()) == 1


def test_two_parents_where_the_kind_asks_for_them(organs, by_code):
    for row in organs:
        if row["kind"] in ("station", "dispatched", "vertical"):
            assert row["parent"] and row["guide_parent"], row
            assert row["parent"] != row["guide_parent"], row
        if row["kind"] == "vertical":
            assert by_code[row["guide_parent"]]["kind"] == "superior", row


def test_leading_groups_sit_in_another_organ_and_each_has_its_office(organs):
    groups = {row["code"]: row for row in organs if row["kind"] == "leading_group"}
    offices = {row["parent"]: row for row in organs if row["kind"] == "leading_group_office"}
    assert len(groups) >= 2
    assert set(groups) == set(offices)
    assert all(row["host"] for row in (*groups.values(), *offices.values()))
    assert all(row["host"] == "" for row in organs if not row["kind"].startswith("leading_group"))


def test_at_least_seventy_county_organs_of_every_system():
    county_organs = [
        row
        for row in read("organs.csv")
        if row["kind"] not in NOT_COUNTY_ORGANS and not re.fullmatch(r"\d{9}-DW", row["code"])
    ]
    assert len(county_organs) >= 70
    systems = {row["system"] for row in county_organs}
    assert systems >= {
        "party", "congress", "government", "cppcc", "discipline", "court", "procuratorate", "military", "mass",
    }  # fmt: skip


def test_party_organs_are_never_under_the_government(organs, by_code):
    for row in organs:
        if row["kind"] in ("party_committee", "party_dept"):
            assert row["system"] == "party"
            assert row["parent"] == "" or by_code[row["parent"]]["system"] == "party", row


# --- townships, stations, villages


def test_townships_are_exactly_those_of_the_statistics():
    expected = {"341222" + entry[:3]: entry[3:] for entry in TOWNSHIPS.split()}
    assert {row["code"]: row["short_name"] for row in read("townships.csv")} == expected
    endings = Counter(name[-1] for name in expected.values())
    assert (endings["镇"], endings["乡"], len(expected)) == (30, 1, 32)
    assert {"税镇镇", "皮条孙镇"} <= set(expected.values()), "real names, not typing errors"


def test_every_township_has_its_party_committee_stations_and_villages(organs, by_code):
    children: dict[str, list[Row]] = {}
    for row in organs:
        children.setdefault(row["parent"], []).append(row)
    for township in read("townships.csv"):
        code = township["code"]
        assert by_code[f"{code}-DW"]["kind"] == "party_committee"
        kinds = Counter(row["kind"] for row in children[code])
        assert kinds["station"] + kinds["dispatched"] >= 3, code
        assert 3 <= kinds["village"] + kinds["community"] <= 5, code
        assert all(row["code"].startswith(code) for row in children[code])


def test_villages_are_plainly_invented():
    for row in read("villages.csv"):
        assert re.fullmatch(r"341222\d{3}9\d{2}", row["code"]), row
        assert "演示" in row["name"] and "演示" in row["note"], row


# --- posts and roles


def test_posts_are_well_formed(posts, county, roles):
    duties = {duty["key"] for duty in roles["duties"]}
    assert max(Counter(post["key"] for post in posts).values()) == 1
    for post in posts:
        assert post["organ_kind"] in county["kinds"], post
        assert post["rank"] in county["ranks"], post
        assert int(post["max_holders"]) >= 1, post
        assert set(filter(None, post["duties"].split(","))) <= duties, post
    assert {duty for post in posts for duty in post["duties"].split(",") if duty} == duties


def test_no_organ_has_two_posts_of_one_title_and_no_post_fits_nowhere(organs, posts):
    used: set[str] = set()
    for organ in organs:
        fitting = posts_of(organ, posts)
        titles = Counter(post["title"] for post in fitting)
        assert not titles or max(titles.values()) == 1, (organ["name"], titles)
        used |= {post["key"] for post in fitting}
    assert {post["key"] for post in posts} == used


def test_every_organ_but_superiors_has_a_head(organs, posts):
    for organ in organs:
        if organ["kind"] == "superior":
            assert posts_of(organ, posts) == []
        else:
            heads = [post for post in posts_of(organ, posts) if post["max_holders"] == "1" and post["rank"] != "clerk"]
            assert heads, organ["name"]


def test_roles_name_known_permissions_and_every_permission_is_used(roles):
    holders = [*roles["roles"], *roles["admin_duties"]]
    assert max(Counter(holder["key"] for holder in holders).values()) == 1
    assert {duty["key"] for duty in roles["admin_duties"]} == {"system", "security", "audit"}
    assert {permission for holder in holders for permission in holder["allows"]} == set(roles["permissions"])


def test_who_approves_reads_no_full_audit_and_the_auditor_changes_nothing(roles):
    allows = {duty["key"]: set(duty["allows"]) for duty in roles["admin_duties"]}
    assert "people.approve_role" in allows["security"] - allows["system"] - allows["audit"]
    assert "audit.search" in allows["audit"] - allows["system"] - allows["security"]
    assert all(permission.startswith("audit.") for permission in allows["audit"])


# --- demo people


def test_about_four_hundred_officers_some_with_two_or_three_posts(appointments):
    held = Counter(row["sign_in"] for row in appointments if row["appointed_to"] == "")
    assert 380 <= len({row["sign_in"] for row in appointments}) <= 430
    assert Counter(held.values())[2] >= 20
    assert Counter(held.values())[3] >= 2


def test_one_officer_is_one_person_in_all_rows(appointments):
    persons = {(row["sign_in"], row["name"], row["phone"]) for row in appointments}
    assert len({sign_in for sign_in, _, _ in persons}) == len(persons)
    assert len({phone for _, _, phone in persons}) == len(persons)
    assert all(re.fullmatch(r"[a-z][a-z0-9._]{2,31}", sign_in) for sign_in, _, _ in persons)


def test_officers_cannot_be_taken_for_real_people(appointments):
    assert all(re.fullmatch(r"1990000\d{4}", row["phone"]) for row in appointments)
    assert all(row["name"][0] in "示演例样" for row in appointments)


def test_every_appointment_names_an_existing_organ_and_one_of_its_posts(appointments, by_code, posts):
    for row in appointments:
        titles = {post["title"] for post in posts_of(by_code[row["organ"]], posts)}
        assert row["post"] in titles, (row["sign_in"], row["organ"], row["post"])
        assert row["main"] in ("0", "1")


def test_terms_run_forward_inside_the_organs_life(appointments, by_code):
    for row in appointments:
        start, end = period(row)
        assert date.fromisoformat(by_code[row["organ"]]["valid_from"]) <= start <= end, row


def test_never_two_main_posts_on_one_day(appointments):
    for sign_in in {row["sign_in"] for row in appointments}:
        terms = sorted(period(row) for row in appointments if row["sign_in"] == sign_in and row["main"] == "1")
        assert terms, sign_in
        assert all(earlier[1] < later[0] for earlier, later in pairwise(terms)), sign_in


def test_posts_never_have_more_holders_than_allowed(appointments, by_code, posts):
    terms: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for row in appointments:
        terms.setdefault((row["organ"], row["post"]), []).append(period(row))
    for (organ, title), periods in terms.items():
        limit = next(int(post["max_holders"]) for post in posts_of(by_code[organ], posts) if post["title"] == title)
        busiest = max(sum(start <= day <= end for start, end in periods) for day, _ in periods)
        assert busiest <= limit, (organ, title, busiest)


def test_every_organ_that_receives_documents_has_a_clerk_today(appointments, by_code, posts):
    today = date(2026, 11, 22)
    staffed = {
        row["organ"]
        for row in appointments
        if period(row)[0] <= today <= period(row)[1]
        and any(
            post["title"] == row["post"] and "document_clerk" in post["duties"].split(",")
            for post in posts_of(by_code[row["organ"]], posts)
        )
    }
    receiving = {
        "party_committee", "party_dept", "congress", "government", "gov_dept", "cppcc", "discipline", "court",
        "procuratorate", "military", "mass_org", "township", "dev_zone", "vertical",
    }  # fmt: skip
    assert [code for code, organ in by_code.items() if organ["kind"] in receiving and code not in staffed] == []


def test_demo_has_terms_that_ended_and_terms_to_come(appointments):
    starts_and_ends = [period(row) for row in appointments]
    assert sum(end < date(2026, 11, 1) for _, end in starts_and_ends) >= 3
    assert sum(start >= date(2030, 1, 1) for start, _ in starts_and_ends) >= 2


def test_names_that_break_careless_programmes_are_there(appointments):
    persons = {row["sign_in"]: row["name"] for row in appointments}
    assert sum(times > 1 for times in Counter(persons.values()).values()) >= 3
    assert any("䶮" in name for name in persons.values())
    assert any(ord(char) > 0xFFFF for name in persons.values() for char in name)
    assert any("·" in name for name in persons.values())


def test_named_demo_accounts_and_their_grants(appointments, by_code, roles):
    people = {row["sign_in"] for row in appointments}
    assert people >= DEMO_SIGN_INS
    keys = {
        "role": {role["key"] for role in roles["roles"]},
        "admin_duty": {duty["key"] for duty in roles["admin_duties"]},
    }
    grants = read("demo/grants.csv")
    keys["duty"], duties = keys["role"], {one["key"] for one in roles["duties"]}
    for grant in grants:
        holders = duties if grant["kind"] == "duty" else people  # a role for all posts with a duty, over their organ
        assert grant["sign_in"] in holders and grant["key"] in keys[grant["kind"]], grant
        assert (grant["kind"] != "role") == (grant["organ"] == ""), grant
        assert grant["organ"] == "" or grant["organ"] in by_code, grant
    administrators = Counter(grant["sign_in"] for grant in grants if grant["kind"] == "admin_duty")
    assert set(administrators.values()) == {1}
    others = {grant["sign_in"] for grant in grants if grant["kind"] == "role"}
    assert not others & set(administrators)
    assert {grant["key"] for grant in grants} == keys["role"] | keys["admin_duty"]


def test_stand_ins_name_a_held_post_and_another_person(appointments, roles):
    held = {(row["sign_in"], row["organ"], row["post"]) for row in appointments}
    people = {row["sign_in"] for row in appointments}
    scopes = {"all", *(duty["key"] for duty in roles["duties"]), "flow:documents.issue"}  # the last: 签发 by 书面授权
    spans = []
    for row in read("demo/stand_ins.csv"):
        assert (row["principal"], row["organ"], row["post"]) in held, row
        assert row["stand_in"] in people - {row["principal"]} and row["scope"] in scopes, row
        spans.append((int(row["from_day"]), int(row["to_day"])))
    assert all(start <= end for start, end in spans)
    assert any(end < 0 for _, end in spans), "one that has ended"
    assert any(start <= 0 <= end for start, end in spans), "one in force"
    assert any(start > 0 for start, _ in spans), "one to come"


# --- import files of the journey


def faults(rows: list[Row], known: set[str]) -> list[tuple[int, str]]:
    """Line number (header is line 1) and fault of every row that must be refused."""
    found, codes = [], set(known)
    for line, row in enumerate(rows, start=2):
        if row["code"] in codes:
            found.append((line, "duplicate"))
        elif row["parent"] not in codes:
            found.append((line, "no parent"))
        codes.add(row["code"])
    return found


def test_import_files_hold_good_rows_and_two_bad_ones(by_code):
    assert faults(read("demo/import_good.csv"), set(by_code)) == []
    bad = read("demo/import_bad.csv")
    assert faults(bad, set(by_code)) == [(5, "duplicate"), (7, "no parent")]
    assert len(bad) >= 5
    assert not {row["code"] for row in bad} & {row["code"] for row in read("demo/import_good.csv")}


# --- county


def test_county_names_both_zones_and_invents_no_numbers(county):
    assert county["county"]["code"] == "341222" and county["county"]["phone_area"] == "0558"
    assert county["zones"]["inner"]["title"] == "非涉密办公区"
    assert county["zones"]["outer"]["title"] == "互联网服务区"
    assert set(county["products"]) == {"inner", "outer"}
    assert "演示" in county["demo"]["notice"]
    assert [key for key in ("identifier", "icp", "police", "organ_mark", "map_review") if county["site"][key]] == []
