"""Figures that law or custom sets, read from dated data and never from code.

Each file of ``config/<county>/rules/*.yaml`` maps a key to a list of entries::

    signin.idle_minutes:
      - value: 30
        from: 2024-01-01
        source: 内部安全管理约定
        mark: ours          # verified | memory | ours

The entry whose ``from`` is the latest not after the asked date is in force.  Only ``verified``
entries may be shown to users as rules.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from . import clock
from .errors import BadSetup

MARKS = ("verified", "memory", "ours")


@dataclass(frozen=True)
class Rule:
    """One dated entry: a figure with the place it comes from and how sure we are of it."""

    key: str
    value: Any
    since: date
    source: str
    mark: str

    @property
    def showable(self) -> bool:
        """Whether users may be told this is the rule (verified only)."""
        return self.mark == "verified"


def rules_folder() -> Path:
    """Folder of the county's rule files, by TAIHE_COUNTY_DIR or the repository's config/taihe."""
    default = Path(__file__).resolve().parents[2] / "config" / "taihe"
    return Path(os.environ.get("TAIHE_COUNTY_DIR", default)) / "rules"


def _entry(key: str, raw: dict[str, Any], file: Path) -> Rule:
    try:
        entry = Rule(key, raw["value"], raw["from"], raw["source"], raw["mark"])
    except (KeyError, TypeError) as missing:
        raise BadSetup(
            what=f"规则文件 {file.name} 中“{key}”缺少字段 {missing}。", fix="请补全 value、from、source、mark 后重启。"
        ) from missing
    if entry.mark not in MARKS or not isinstance(entry.since, date):
        raise BadSetup(
            what=f"规则文件 {file.name} 中“{key}”的 mark 或 from 不合规定。", fix=f"mark 只能是 {'、'.join(MARKS)}。"
        )
    return entry


@lru_cache(maxsize=4)
def _load(folder: Path) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for file in sorted(folder.glob("*.yaml")):
        for key, entries in (yaml.safe_load(file.read_text("utf-8")) or {}).items():
            if key in found:
                raise BadSetup(what=f"规则“{key}”在两个文件中重复。", fix=f"请只在 {file.name} 或另一文件中保留一处。")
            found[key] = tuple(sorted((_entry(key, raw, file) for raw in entries), key=lambda one: one.since))
    return found


def find_rule(key: str, on: date | None = None) -> Rule:
    """The entry in force on a date (default: today), with source and mark.

    Raises BadSetup when the key is unknown or no entry was yet in force.
    """
    day = on or clock.today()
    in_force = [entry for entry in _load(rules_folder()).get(key, ()) if entry.since <= day]
    if not in_force:
        raise BadSetup(what=f"没有找到 {day} 生效的规则“{key}”。", fix="请在 config 的 rules 目录中补充该规则。")
    return in_force[-1]


def rule(key: str, on: date | None = None) -> Any:
    """The figure in force on a date (default: today); units are part of the key's name."""
    return find_rule(key, on).value
