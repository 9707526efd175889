"""Spreadsheets as downloads."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from taihe.ground import clock
from taihe.ground.ui.tables import XLSX


def xlsx(data: bytes, title: str) -> HttpResponse:
    """A spreadsheet to download, named by title and date."""
    answer = HttpResponse(data, content_type=XLSX)
    name = quote(f"{title}_{clock.today():%Y%m%d}.xlsx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    return answer
