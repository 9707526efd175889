"""The two zones share nothing: exact app lists, no common secret, cookie, table or address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DJANGO = ["auth", "contenttypes", "sessions", "messages", "staticfiles"]
GROUND = [
    "ground_audit", "ground_files", "ground_formsafety", "ground_outbox", "ground_registers", "ground_search",
    "ground_ui", "ground_workdays",
]  # fmt: skip
WAGTAIL = [
    "wagtailtableblock", "wagtailusers", "wagtaildocs", "wagtailimages", "wagtailsearch", "wagtailadmin", "wagtailcore",
    "modelcluster", "taggit",
]  # fmt: skip
APPS = {
    "inner": [
        *DJANGO,
        "django_tables2",
        "account",
        "allauth",
        "mfa",
        *GROUND,
        "ground_shelf",
        "gate",
        "inner_people",
        "inner_workflow",
        "inner_security",
        "inner_portal",
        "inner_seals",
        "office_documents",
        *WAGTAIL,
    ],
    "outer": [*DJANGO, "django_tables2", *GROUND, "gate", "outer_citizens", "outer_portal", "outer_seals"],
}
ASK = """
import json, os, sys
from taihe.zones import prepare
prepare.enter(sys.argv[1])
from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
print(json.dumps({
    "apps": [one.label for one in apps.get_app_configs()],
    "tables": sorted(model._meta.db_table for model in apps.get_models()),
    "modules": sorted(name for name in sys.modules if name.startswith("taihe.")),
    "secret": settings.SECRET_KEY, "cookies": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "database": str(settings.DATABASES["default"]["NAME"]), "keys": str(settings.TAIHE_KEY_DIR),
    "user": settings.AUTH_USER_MODEL, "debug": settings.DEBUG,
}))
"""


@lru_cache
def zone(name: str) -> dict[str, Any]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TAIHE_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", ASK, name],
        cwd=ROOT,
        env=env | {"TAIHE_VAR": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["inner", "outer"])
def test_the_app_list_is_exact(name: str) -> None:
    assert sorted(zone(name)["apps"]) == sorted(APPS[name])


def test_the_zones_share_no_secret_cookie_database_or_account() -> None:
    inner, outer = zone("inner"), zone("outer")
    for what in ("secret", "database", "keys", "user"):
        assert inner[what] != outer[what], what
    assert not set(inner["cookies"]) & set(outer["cookies"])
    assert not (inner["debug"] or outer["debug"])


def test_neither_zone_loads_a_module_of_the_other_wing() -> None:
    assert [name for name in zone("outer")["modules"] if name.startswith("taihe.inner")] == []
    assert [name for name in zone("inner")["modules"] if name.startswith("taihe.outer")] == []


def test_only_ground_and_gate_tables_stand_in_both_zones() -> None:
    common = set(zone("inner")["tables"]) & set(zone("outer")["tables"])
    ours = {table for table in common if not table.startswith(("auth_", "django_"))}
    assert {table.split("_")[0] for table in ours} == {"ground", "gate"}
