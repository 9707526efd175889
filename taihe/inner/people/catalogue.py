"""The county's roles.yaml: which roles exist, and what the duties of posts are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from taihe.ground.errors import BadSetup


@dataclass(frozen=True)
class RoleEntry:
    """One role as the county wrote it."""

    key: str
    title: str
    note: str
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Roles; duties that posts may name, key to Chinese title; what the file says of the administrators."""

    roles: tuple[RoleEntry, ...] = ()
    duties: Mapping[str, str] = field(default_factory=dict)
    administrators: Mapping[str, frozenset[str]] = field(default_factory=dict)


def county_catalogue() -> Catalogue:
    """The catalogue of the county in settings.COUNTY_DIR; empty when it has no roles.yaml."""
    return read_catalogue(Path(settings.COUNTY_DIR) / "roles.yaml")


@lru_cache(maxsize=4)
def read_catalogue(file: Path) -> Catalogue:
    """Read one roles.yaml.  Raises BadSetup when an entry is incomplete or a key is doubled."""
    if not file.exists():
        return Catalogue()
    raw: dict[str, list[dict[str, Any]]] = yaml.safe_load(file.read_text("utf-8")) or {}
    try:
        roles = tuple(
            RoleEntry(one["key"], one["title"], one.get("note", ""), tuple(one["allows"]))
            for one in raw.get("roles", [])
        )
        duties = {one["key"]: one["title"] for one in raw.get("duties", [])}
        administrators = {one["key"]: frozenset(one["allows"]) for one in raw.get("admin_duties", [])}
    except (KeyError, TypeError) as bad:
        raise BadSetup(what=f"{file.name} 中有条目缺少字段 {bad}。", fix="请补全 key、title、allows 后重启。") from bad
    if len({one.key for one in roles}) != len(roles):
        raise BadSetup(what=f"{file.name} 中有重复的角色键。", fix="请保留其中一个后重启。")
    return Catalogue(roles, duties, administrators)
