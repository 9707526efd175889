"""Every action that leaves an entry has a name that an auditor can read."""

from __future__ import annotations

import re
from pathlib import Path

from taihe.inner.people.permissions import permissions
from taihe.inner.security.titles import ACTIONS, AREAS

ROOT = Path(__file__).resolve().parents[2] / "taihe"
NAMED = re.compile(r'@action\(\s*"([a-z_]+\.[a-z_]+)"')


def recorded() -> set[str]:
    files = [
        file
        for wing in ("ground", "gate", "inner")
        for file in (ROOT / wing).rglob("*.py")
        if "tests" not in file.parts and file.name != "action.py"
    ]
    return {name for file in files for name in NAMED.findall(file.read_text("utf-8"))}


def test_every_action_has_a_title_and_every_title_an_action():
    names = recorded()
    assert len(names) > 50
    assert sorted(names - set(ACTIONS)) == []
    assert sorted(set(ACTIONS) - names) == []
    assert sorted({name.partition(".")[0] for name in names} - set(AREAS)) == []


def test_titles_are_chinese_and_told_apart():
    titles = list(ACTIONS.values())
    assert len(titles) == len(set(titles))
    assert all(re.search("[一-鿿]", title) for title in [*titles, *permissions().values()])
