"""Foreign keys only point down, string ones too: a lower room must not know a higher one's tables.

The floors are those of the import contracts in pyproject.toml; third-party tables are exempt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

ROOT = Path(__file__).resolve().parents[2]


def layers() -> dict[str, list[list[str]]]:
    """Container → its layers from the highest, each a list of strangers."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return {
        container: [[name.strip(" ()") for name in line.split("|")] for line in contract["layers"]]
        for contract in contracts
        if contract["type"] == "layers"
        for container in contract["containers"]
    }


def fault(source: str, target: str) -> str | None:
    """Why a key from one module to another is wrong; None when it is not."""
    if not (source.startswith("taihe.") and target.startswith("taihe.")):
        return None
    for container, lines in layers().items():
        if not (source.startswith(f"{container}.") and target.startswith(f"{container}.")):
            continue
        rooms = [module.removeprefix(f"{container}.").split(".")[0] for module in (source, target)]
        if rooms[0] == rooms[1]:
            continue
        ranks = [next(rank for rank, names in enumerate(lines) if room in names) for room in rooms]
        if ranks[1] <= ranks[0]:
            return f"{source} → {target}: {rooms[0]} may not point to {rooms[1]}"
    return None


def faults(rows: Iterable[type[models.Model]]) -> list[str]:
    found = []
    for model in rows:
        for field in [*model._meta.get_fields(include_hidden=True)]:
            if field.is_relation and not field.auto_created and isinstance(field.related_model, type):
                problem = fault(model.__module__, field.related_model.__module__)
                if problem:
                    found.append(problem)
    return found


def test_no_foreign_key_points_up_or_aside() -> None:
    assert faults(apps.get_models(include_auto_created=True)) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("taihe.ground.files.models", "taihe.inner.people.models"),
        ("taihe.gate.models", "taihe.outer.citizens.models"),
        ("taihe.inner.people.models", "taihe.inner.workflow.models"),
        ("taihe.inner.people.models", "taihe.outer.citizens.models"),
        ("taihe.inner.archives.models", "taihe.inner.notices.models"),
    ],
)
def test_a_planted_key_is_named(source: str, target: str) -> None:
    with isolate_apps("django.contrib.contenttypes"):
        lower = type(
            "Lower",
            (models.Model,),
            {"__module__": target, "Meta": type("Meta", (), {"app_label": "contenttypes"})},
        )
        planted = type(
            "Planted",
            (models.Model,),
            {
                "__module__": source,
                "Meta": type("Meta", (), {"app_label": "contenttypes"}),
                "bad": models.ForeignKey("contenttypes.Lower", models.PROTECT),
            },
        )
        assert lower
        assert len(faults([planted])) == 1


def test_downward_and_foreign_keys_are_fine() -> None:
    assert fault("taihe.inner.workflow.models", "taihe.inner.people.models.officers") is None
    assert fault("taihe.inner.people.models", "taihe.ground.files.models") is None
    assert fault("taihe.inner.people.models", "django.contrib.auth.models") is None
