"""A sealed paper as it is looked at: the seals, which are annotations, drawn into the pages of a copy.

Only for pictures of pages; the copy is no original and bears no signature worth checking.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_name = generic.pdf_name


def flattened(pdf: bytes) -> bytes:
    """The PDF with what its annotations show drawn into its pages; as it is when nothing shows.

    Raises pyhanko's PdfReadError for what is no readable PDF.
    """
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    total, drawn = int(writer.prev.root["/Pages"]["/Count"]), False
    for number in range(total):
        page, _ = writer.find_page_for_modification(number)  # type: ignore[no-untyped-call]
        for place, annotation in enumerate(page.get_object().get("/Annots", ())):
            drawn |= _draw(writer, number, place, annotation.get_object())
    if not drawn:
        return pdf
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _corners(box: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right, top, however the rectangle was written."""
    a, b, c, d = (float(one) for one in box)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _draw(writer: IncrementalPdfFileWriter, number: int, place: int, annotation: Any) -> bool:
    """Draw one annotation's appearance into its page; False when it has none."""
    try:
        picture = annotation["/AP"].raw_get("/N")
        form = picture.get_object()
        left, bottom, right, top = _corners(annotation["/Rect"])
        x0, y0, x1, y1 = _corners(form["/BBox"])
    except (KeyError, ValueError, TypeError):
        return False
    if x1 <= x0 or y1 <= y0 or right <= left or top <= bottom:
        return False
    across, up = (right - left) / (x1 - x0), (top - bottom) / (y1 - y0)
    name = f"/Shown{number}x{place}"
    words = f"q {across:.5f} 0 0 {up:.5f} {left - x0 * across:.3f} {bottom - y0 * up:.3f} cm {name} Do Q"
    content = writer.add_object(generic.StreamObject(stream_data=words.encode("ascii")))
    inner = generic.DictionaryObject({_name(name): picture})  # type: ignore[no-untyped-call]
    resources = generic.DictionaryObject({_name("/XObject"): inner})  # type: ignore[no-untyped-call]
    writer.add_stream_to_page(number, content, resources=resources)  # type: ignore[no-untyped-call]
    return True
