"""Spreadsheets as downloads."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from taihe.ground import clock
from taihe.ground.ui.tables import XLSX

TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


def download(data: bytes, title: str, ending: str = "xlsx") -> HttpResponse:
    """A table to download, named by title and date."""
    answer = HttpResponse(data, content_type=TYPES[ending])
    name = quote(f"{title}_{clock.today():%Y%m%d}.{ending}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    return answer
