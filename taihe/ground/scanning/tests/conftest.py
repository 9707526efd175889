"""`look(name, data)` writes a file and scans it; clamd is off unless a test turns it on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taihe.ground.scanning import ScanReport, scan

Look = Callable[..., ScanReport]


@pytest.fixture(autouse=True)
def no_clamd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAIHE_CLAMD", raising=False)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    def scanned(name: str, data: bytes, **options: Any) -> ScanReport:
        file = tmp_path / "upload"
        file.write_bytes(data)
        return scan(file, filename=name, **options)

    return scanned
