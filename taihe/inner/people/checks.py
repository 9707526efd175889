"""Start-up errors: a county file that names a permission or a post's duty nobody knows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from taihe.ground.errors import BadSetup

from .catalogue import county_catalogue
from .permissions import DUTY_PERMISSIONS, NEVER_BY_ROLE, is_registered


@checks.register("people")
def roles_name_known_permissions(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every permission in roles.yaml is registered, and none of them separates the administrators."""
    try:
        catalogue = county_catalogue()
    except BadSetup as bad:
        return [checks.Error(bad.sentence(), id="people.E001")]
    found: list[checks.CheckMessage] = []
    for role in catalogue.roles:
        found += [
            checks.Error(
                f"roles.yaml: 角色“{role.title}”含有未登记的权限 {key}。", hint="请改正该键。", id="people.E002"
            )
            for key in role.permissions
            if not is_registered(key)
        ]
        found += [
            checks.Error(
                f"roles.yaml: 角色“{role.title}”不得含有 {key}，该权限只属于管理员职责。",
                hint="请从该角色中删去。",
                id="people.E003",
            )
            for key in sorted(NEVER_BY_ROLE.intersection(role.permissions))
        ]
    if catalogue.administrators and catalogue.administrators != DUTY_PERMISSIONS:
        found.append(checks.Error("roles.yaml: admin_duties 与程序固定的管理员权限不一致。", id="people.E005"))
    return found + _unknown_duties(Path(settings.COUNTY_DIR) / "posts.csv", set(catalogue.duties))


def _unknown_duties(file: Path, known: set[str]) -> list[checks.CheckMessage]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        named = {duty for row in csv.DictReader(lines) for duty in (row.get("duties") or "").split(",") if duty}
    return [
        checks.Error(
            f"posts.csv 中的岗位职责 {duty} 在 roles.yaml 的 duties 中没有。", hint="请补登或改正。", id="people.E004"
        )
        for duty in sorted(named - known)
    ]
