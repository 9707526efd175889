"""What is brought in to the desk is examined before it is stored: scanned, re-encoded, looked through.

Pictures are drawn anew, so that nothing but the picture remains (no EXIF, no place of taking, no
hidden tail); files are looked through for personal data where the screening of texts cannot see.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from taihe.ground.errors import BadInput
from taihe.ground.rules import rule
from taihe.ground.scanning import Limits, ScanReport, require_clean, scan

MB = 1024 * 1024
PICTURES = {"jpg", "png", "gif", "webp"}
Image.MAX_IMAGE_PIXELS = 60_000_000


def examined(upload: Any, *, kinds: set[str] | None = None) -> ScanReport:
    """The report of a clean upload.  Raises FileRefused, FileHeld, SecretMarkFound, BadInput (too large)."""
    most = int(rule("portal.source_mb" if kinds else "files.file_mb")) * MB
    if upload.size > most:
        raise BadInput(what=f"文件超过 {most // MB} MB。")
    limits = Limits.current()
    if kinds is not None:
        kept = {kind: names for kind, names in limits.allowed_kinds.items() if kind in kinds}
        limits = replace(limits, allowed_kinds=kept)
    with tempfile.NamedTemporaryFile(suffix=Path(upload.name).suffix[:10]) as copy:
        upload.seek(0)
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        upload.seek(0)
        return require_clean(scan(Path(copy.name), filename=upload.name, limits=limits))


def redrawn(upload: Any) -> ContentFile[bytes]:
    """The picture, drawn anew upright and without anything but its pixels.  Raises BadInput."""
    upload.seek(0)
    try:
        with Image.open(upload) as found:
            picture = ImageOps.exif_transpose(found)
            has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            clean = picture.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as bad:
        raise BadInput(what="图片无法读取，可能已损坏或尺寸过大。") from bad
    fresh = Image.new(clean.mode, clean.size)
    fresh.paste(clean)
    out = BytesIO()
    if has_alpha:
        fresh.save(out, "PNG", optimize=True)
    else:
        fresh.save(out, "JPEG", quality=92, optimize=True)
    stem = Path(upload.name).stem[:60] or "picture"
    return ContentFile(out.getvalue(), name=f"{stem}.{'png' if has_alpha else 'jpg'}")
