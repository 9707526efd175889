"""What an installation begins with: the county's organs, posts and roles; in the demo also its people.

Everything may be run again: rows that stand are left as they are, since officials may have changed
them.  Files are those of the county folder (see its README.md); they are checked like any import.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadSetup

from .actions.imports import refuse_unless_ok
from .actions.loading import BATCH, load_officers, load_organs
from .catalogue import Catalogue, read_catalogue
from .importing import OFFICER_COLUMNS, ORGAN_COLUMNS, Table, check_officers, check_organs, read_table
from .models import AdminDuty, Appointment, Officer, Organ, OrganStatus, Post, Role, RoleGrant, StandIn
from .permissions import forget, is_registered

ORGAN_FILES = ("organs.csv", "townships.csv", "stations.csv", "villages.csv")
# Decided twice over by the one who wrote the file and the one who ran the installation.
_ASKED = {"requested_by": "system:county-folder", "requested_by_name": "系统（县级配置）"}
_GIVEN = {"approved_by": "system:setup", "approved_by_name": "系统（安装）"}


def load_county(folder: Path) -> dict[str, int]:
    """Organs, posts and roles of the county folder; returns how many of each were new."""
    actor = Actor.system("安装")
    found = {"organs": 0, "posts": 0, "roles": 0}
    standing = set(Organ.objects.values_list("code", flat=True))
    for name in ORGAN_FILES:
        if not (folder / name).exists():
            continue
        table = read_table((folder / name).read_bytes(), name, ORGAN_COLUMNS).without("code", standing)
        if table.rows:
            found["organs"] += seed_organs(actor, table)
    missing = _missing_posts(folder / "posts.csv")
    if missing:
        found["posts"] = seed_posts(actor, missing)
    catalogue = read_catalogue(folder / "roles.yaml")
    if _roles_differ(catalogue):
        found["roles"] = seed_roles(actor, catalogue)
    return found


@action("people.seed_organs")
def seed_organs(actor: Actor, table: Table) -> int:
    """Insert the organs of one county file.  Raises ImportRefused when a row is bad."""
    report = check_organs(table)
    refuse_unless_ok(report)
    made = load_organs(actor, report.drafts, f"安装：{table.file_name}")
    record(("inner_people.organ", "", table.file_name), detail={"count": len(made), "digest": table.digest})
    return len(made)


def _missing_posts(file: Path) -> list[Post]:
    """Posts that the county file gives to organs of a kind and that the organs do not have."""
    if not file.exists():
        return []
    by_kind: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for order, row in enumerate(csv.DictReader(lines)):
            by_kind[row["organ_kind"]].append((order, row))
    had = set(Post.objects.values_list("organ_id", "title"))
    return [
        Post(
            organ=organ,
            title=row["title"],
            rank=row["rank"],
            order=order,
            duties=[duty for duty in row["duties"].split(",") if duty],
            max_holders=int(row["max_holders"] or 1),
            valid_from=organ.valid_from,
        )
        for organ in Organ.objects.filter(status=OrganStatus.ACTIVE).order_by("order", "pk")
        for order, row in by_kind[organ.kind]
        if (organ.pk, row["title"]) not in had and _applies(row["only"], organ.name)
    ]


def _applies(patterns: str, name: str) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns.split())


@action("people.seed_posts")
def seed_posts(actor: Actor, posts: list[Post]) -> int:
    """Insert posts of the county file."""
    Post.objects.bulk_create(posts, batch_size=BATCH)
    record(("inner_people.post", "", "posts.csv"), detail={"count": len(posts)})
    return len(posts)


def _roles_differ(catalogue: Catalogue) -> bool:
    wanted = {one.key: (one.title, one.note, list(one.permissions)) for one in catalogue.roles}
    stored = Role.objects.filter(key__in=wanted)
    return wanted != {one.key: (one.title, one.note, one.permissions) for one in stored}


@action("people.seed_roles")
def seed_roles(actor: Actor, catalogue: Catalogue) -> int:
    """Bring the roles in line with roles.yaml; a role no longer there stays until nobody holds it.

    Raises BadSetup for a permission that no module registered.
    """
    unknown = {key for one in catalogue.roles for key in one.permissions if not is_registered(key)}
    if unknown:
        raise BadSetup(what=f"roles.yaml 含有未登记的权限：{'、'.join(sorted(unknown))}。", fix="请改正后重新运行。")
    for one in catalogue.roles:
        Role.objects.update_or_create(
            key=one.key, defaults={"title": one.title, "note": one.note, "permissions": list(one.permissions)}
        )
    forget()
    detail = {one.key: list(one.permissions) for one in catalogue.roles}
    record(("inner_people.role", "", "roles.yaml"), detail={"roles": detail})
    return len(catalogue.roles)


def load_demo(folder: Path) -> dict[str, int]:
    """The demo's people, administrators, roles and stand-ins from ``<county>/demo``, once.

    All share one password hash (county.toml, ``[demo] password``).  Raises BadSetup outside demo
    and test modes, ImportRefused when a row is bad.
    """
    if not settings.TAIHE_DEMO:
        raise BadSetup(what="生产环境不得装入演示人员。", fix="请用 taihe setup 设立首任管理员。")
    actor = Actor.system("演示数据")
    demo = folder / "demo"
    table = read_table((demo / "officers.csv").read_bytes(), "officers.csv", OFFICER_COLUMNS)
    standing = set(Officer.objects.values_list("sign_in_name", flat=True))
    table = table.without("sign_in", standing)
    if not table.rows:
        return {"officers": 0}
    county = tomllib.loads((folder / "county.toml").read_text("utf-8"))
    return seed_demo(actor, table, make_password(county["demo"]["password"]), demo)


@action("people.seed_demo")
def seed_demo(actor: Actor, table: Table, password: str, demo: Path) -> dict[str, int]:
    """Insert the demo's people and what they hold; `password` is the hash they share."""
    report = check_officers(table)
    refuse_unless_ok(report)
    made = load_officers(report.drafts, password=password, basis="演示数据")
    people = {one.sign_in_name: one for one in made}
    found = {
        "officers": len(made),
        "grants": _demo_grants(_rows(demo / "grants.csv"), people),
        "stand_ins": _demo_stand_ins(_rows(demo / "stand_ins.csv"), people),
    }
    forget()
    record(("inner_people.officer", "", table.file_name), detail={**found, "digest": table.digest})
    return found


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _demo_grants(rows: list[dict[str, str]], people: Mapping[str, Officer]) -> int:
    now, today = clock.now(), clock.today()
    decided = {**_ASKED, **_GIVEN, "requested_at": now, "approved_at": now}
    wanted = [row for row in rows if row["sign_in"] in people]
    held = Appointment.objects.filter(officer__in=people.values(), is_main=True, valid_to=None)
    main = {one.officer_id: one for one in held}
    roles = {one.key: one for one in Role.objects.all()}
    organs = Organ.objects.in_bulk([row["organ"] for row in wanted], field_name="code")
    AdminDuty.objects.bulk_create(
        AdminDuty(
            officer=people[row["sign_in"]], duty=row["key"], status="open", reason=row["note"], opened_at=now, **decided
        )
        for row in wanted
        if row["kind"] == "admin_duty"
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(
            appointment=main[people[row["sign_in"]].pk],
            role=roles[row["key"]],
            scope=organs[row["organ"]],
            status="active",
            valid_from=today,
            reason=row["note"],
            **decided,
        )
        for row in wanted
        if row["kind"] == "role"
    )
    to_posts = [row for row in rows if row["kind"] == "duty"]
    return len(wanted) + sum(_grant_to_posts(row, roles[row["key"]], decided) for row in to_posts)


def _grant_to_posts(row: Mapping[str, str], role: Role, decided: Mapping[str, Any]) -> int:
    """A role for every post with a duty that somebody holds, over its own organ; the duty stands under `sign_in`."""
    held = Appointment.objects.filter(valid_to=None).values_list("post", flat=True)
    posts = [one for one in Post.objects.filter(pk__in=held).select_related("organ") if row["sign_in"] in one.duties]
    grants = [
        RoleGrant(
            post=post, role=role, scope=post.organ, status="active", valid_from=clock.today(), reason=row["note"],
            **decided,
        )
        for post in posts
    ]  # fmt: skip
    RoleGrant.objects.bulk_create(grants, batch_size=BATCH)
    return len(grants)


def _demo_stand_ins(rows: list[dict[str, str]], people: Mapping[str, Officer]) -> int:
    today = clock.today()
    held = {
        (one.officer.sign_in_name, one.post.organ.code, one.post.title): one
        for one in Appointment.objects.filter(
            officer__sign_in_name__in=[row["principal"] for row in rows], valid_to=None
        ).select_related("officer", "post__organ")
    }
    wanted = [row for row in rows if row["principal"] in people and row["stand_in"] in people]
    StandIn.objects.bulk_create(
        StandIn(
            principal=held[row["principal"], row["organ"], row["post"]],
            deputy=people[row["stand_in"]],
            covers_all=row["scope"] == "all",
            permissions=[] if row["scope"] == "all" else [row["scope"]],
            valid_from=today + timedelta(days=int(row["from_day"])),
            valid_to=today + timedelta(days=int(row["to_day"])),
            reason=row["reason"],
            set_by_name=people[row["principal"]].name,
            set_at=clock.now(),
        )
        for row in wanted
    )
    return len(wanted)
