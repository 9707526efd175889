"""The editor's preview: from the text that was just changed to the pages that changed, through the real view.

A four-page notice (版记 included) is sent as the editor sends it, each time with another sentence changed; the answer
holds the checks, the number of organs reached and the pictures of the changed pages.  One process, one core, warm.
The budget is 300 ms after a pause.  The peer is what an editor without a type-setter of its own does: the same text
as .docx through LibreOffice without windows, started anew, to PDF; without `soffice` its columns stay empty.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from . import setting

ROUNDS = 40
PEER_ROUNDS = 3
PAGES = 4
TEXT = "为进一步提升全县政务服务效能，根据上级有关要求，结合我县实际，现将有关事项通知如下（演示）。"


def body(change: str = "") -> str:
    """An invented text of some four pages, one sentence of it changed."""
    lines = [TEXT * 2 + change]
    for mark in "一二三四五":
        lines += [f"{mark}、加强组织领导", "（一）压实工作责任。" + TEXT * 3, "1.聚焦重点。" + TEXT * 2]
    return "\n".join(lines)


def run() -> list[dict[str, Any]]:
    """Median and p95 of the round trip, in milliseconds."""
    folder = setting.stand_up("inner", "preview")
    setting.stay_on_core(setting.server_and_load_cores()[0])
    from django.conf import settings

    name = str(settings.DATABASES["default"]["NAME"])
    for file in Path(name).parent.glob(Path(name).name + "*"):
        file.unlink()
    from django.core.management import call_command

    from taihe.zones.keys import make_keys

    make_keys(folder / "inner" / "keys", "inner", demo=True)
    call_command("migrate", interactive=False, verbosity=0)
    page, row = _editor()
    taken, size = _rounds(page, row)
    paper = _paper(row)
    theirs = _peer(paper, folder)
    return [
        _row("preview, round trip, 4 pages, median", statistics.median(taken), theirs),
        _row("preview, round trip, 4 pages, p95", sorted(taken)[int(len(taken) * 0.95) - 1], theirs),
        {"name": "preview, answer", "value": round(size / 1024), "unit": "KB", "peer": "-"}
        | {"peer_value": None, "ratio": None},
    ]


def _editor() -> tuple[Any, Any]:
    """A signed-in clerk and a draft."""
    from django.test import Client

    from taihe.inner.office.documents.tests import writing

    office = writing.build()
    page = Client()
    page.force_login(office.clerk)
    return page, office.draft()


def _data(row: Any, change: str, have: list[str]) -> dict[str, Any]:
    return {
        "form_version": row.version,
        "title": "太和县人民政府办公室关于演示事项的通知",
        "genre": "通知",
        "signature": "太和县人民政府办公室",
        "block": ["body:k1:text"],
        "k1-text": body(change),
        "line": ["l1:main:townships:"],
        "l1-text": "各乡镇人民政府",
        "have": have,
    }


def _rounds(page: Any, row: Any) -> tuple[list[float], float]:
    taken: list[float] = []
    sizes: list[int] = []
    have: list[Any] = []
    for number in range(ROUNDS + 3):
        data = _data(row, f"第{number}次修改。", have)
        begun = time.perf_counter()
        answer = page.post(f"/documents/{row.pk}/edit/look/", data)
        spent = (time.perf_counter() - begun) * 1000
        told = json.loads(answer.content)
        if answer.status_code != 200 or told["fault"] or len(told["pages"]) != PAGES:
            raise RuntimeError(f"{answer.status_code}: {len(told.get('pages', []))} pages, {told.get('fault')}")
        have = list({*have, *told["pages"]})
        if number >= 3:
            taken.append(spent)
            sizes.append(len(answer.content))
    return taken, statistics.mean(sizes)


def _paper(row: Any) -> Any:
    from taihe.inner.office.documents.content import Content
    from taihe.inner.office.documents.paper import build

    given = {"title": "太和县人民政府办公室关于演示事项的通知", "blocks": [{"kind": "text", "text": body()}]}
    return build(row, Content.model_validate(given))


def _peer(paper: Any, folder: Path) -> float | None:
    """Milliseconds for LibreOffice to make the pages of the same text; None where it is not installed."""
    program = shutil.which("soffice")
    if program is None:
        return None
    from taihe.ground.paper.wordwrite import write_docx

    taken = []
    with tempfile.TemporaryDirectory(prefix="bench-preview-", dir=folder) as name:
        file = Path(name) / "notice.docx"
        file.write_bytes(write_docx(paper))
        profile = f"-env:UserInstallation=file://{name}/profile"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", name, str(file)]
        for _ in range(PEER_ROUNDS + 1):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken[1:])


def _row(name: str, ours: float, theirs: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(ours, 1),
        "unit": "ms",
        "peer": "LibreOffice, .docx to PDF" if theirs is not None else "LibreOffice not installed",
        "peer_value": None if theirs is None else round(theirs, 1),
        "ratio": None if theirs is None else round(ours / theirs, 4),
    }
