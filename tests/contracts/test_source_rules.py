"""What the source may not say: reach across floors by name, query in views, write outside actions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "acreate", "asave", "adelete", "aupdate",
}  # fmt: skip
QUERYSET = {"objects", "filter", "exclude", "all", "select_for_update", "_base_manager", "_default_manager", "order_by"}
# Receivers whose method of the same name writes no row.
NOT_ROWS = {"workbook", "book", "session", "cache", "request"}
WRITERS = {"actions.py", "seeds.py"}


def _chain(node: ast.expr) -> list[str]:
    """The names along a dotted call: ``A.objects.filter(x).update`` → [A, objects, filter, update]."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            if isinstance(node, ast.Name):
                names.append(node.id)
            return names[::-1]


def _is_write(call: ast.Call) -> bool:
    names = _chain(call.func)
    verb = names[-1] if names else ""
    if verb not in WRITES or len(names) < 2 or NOT_ROWS & set(names[:-1]):
        return False
    if QUERYSET & set(names[:-1]) or any(name.endswith("_set") for name in names[:-1]):
        return True
    saves_row = verb in ("save", "asave") and not call.args and all(k.arg != "commit" for k in call.keywords)
    return saves_row or (verb in ("delete", "adelete") and not call.args and not call.keywords)


def faults(path: str, source: str) -> list[str]:
    """Every forbidden call of one file, with its line."""
    file = Path(path)
    tree = ast.parse(source)
    may_write = file.name in WRITERS or "actions" in file.parts
    is_view = file.stem.startswith("views") or "views" in file.parts
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and is_view:
            found.append(f"{path}:{node.lineno}: .objects in a view: ask queries.py")
        if not isinstance(node, ast.Call):
            continue
        name = _chain(node.func)[-1:] or [""]
        if name[0] == "import_module" or _chain(node.func)[-2:] == ["apps", "get_model"]:
            found.append(f"{path}:{node.lineno}: {name[0]} reaches across floors")
        if not may_write and _is_write(node):
            found.append(f"{path}:{node.lineno}: .{name[0]}() outside actions.py")
    return found


def house_files() -> list[Path]:
    return [
        file
        for file in sorted((ROOT / "taihe").rglob("*.py"))
        if not {"tests", "migrations", "testkit"} & set(file.relative_to(ROOT).parts)
    ]


def test_the_house_keeps_the_rules() -> None:
    found = []
    for file in house_files():
        found += faults(str(file.relative_to(ROOT)), file.read_text("utf-8"))
    assert found == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("taihe/inner/people/views.py", "rows = Officer.objects.all()"),
        ("taihe/inner/people/queries.py", "Officer.objects.create(name='x')"),
        ("taihe/inner/people/queries.py", "Officer.objects.filter(pk=1).update(name='x')"),
        ("taihe/inner/people/queries.py", "officer.save()"),
        ("taihe/inner/people/queries.py", "officer.save(update_fields=['name'])"),
        ("taihe/inner/people/views.py", "officer.delete()"),
        ("taihe/inner/people/jobs.py", "organ.post_set.create(title='x')"),
        ("taihe/ground/outbox/worker.py", "importlib.import_module('taihe.inner.people.models')"),
        ("taihe/gate/handlers.py", "from django.apps import apps\napps.get_model('inner_people', 'Officer')"),
    ],
)
def test_planted_violations_are_each_named(path: str, line: str) -> None:
    assert len(faults(path, line)) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("taihe/inner/people/actions.py", "Officer.objects.create(name='x')"),
        ("taihe/inner/people/queries.py", "hashlib.sha256().update(b'x')"),
        ("taihe/inner/people/queries.py", "seen.update({'a': 1})"),
        ("taihe/inner/people/views.py", "workbook.save(target)"),
    ],
)
def test_honest_lines_pass(path: str, line: str) -> None:
    assert faults(path, line) == []
