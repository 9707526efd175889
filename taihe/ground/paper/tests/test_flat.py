"""Pictures of a sealed paper show the seal."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

from taihe.ground.paper.flat import flattened
from taihe.ground.paper.render import page_picture

from .test_signature import authority, drawn, mark_of, seal, sealed  # noqa: F401  fixtures


def picture(folder: Path, pdf: bytes, page: int) -> Image.Image:
    (folder / "paper.pdf").write_bytes(pdf)
    return Image.open(io.BytesIO(page_picture(folder, page, ppi=50))).convert("RGB")


def test_the_seal_is_on_its_page_and_nowhere_else(sealed, drawn, tmp_path):  # noqa: F811
    date = drawn.of("date")[0]
    bare, shown = picture(tmp_path, sealed, date.page), picture(tmp_path, flattened(sealed), date.page)
    left, top, right, bottom = ImageChops.difference(bare, shown).getbbox()
    millimetre = 50 / 25.4
    middle = ((left + right) / 2 / millimetre, (top + bottom) / 2 / millimetre)
    mark = mark_of(drawn, None)
    assert abs(middle[0] - mark.x) < 2 and abs(middle[1] - mark.y) < 2
    assert 38 < (right - left) / millimetre < 44


def test_without_annotations_it_is_as_it_was(drawn):  # noqa: F811
    assert flattened(drawn.pdf) == drawn.pdf
