"""The forms of pictures and files: what is brought in is examined before it is stored."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.core.exceptions import ValidationError
from PIL import UnidentifiedImageError
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from taihe.ground.errors import CountyError


def _told(refusal: CountyError) -> ValidationError:
    return ValidationError("".join(refusal.sentences()), code=refusal.code)


class ImageForm(BaseImageForm):
    """A picture: scanned, drawn anew without EXIF, with words for the blind."""

    def _clean_fields(self) -> None:
        """Wagtail's field lets what only looks like a picture fail aloud; here it is a sentence."""
        try:
            super()._clean_fields()
        except (UnidentifiedImageError, OSError, ValueError):
            self.add_error("file", "图片无法读取，可能已损坏。")

    def clean_file(self) -> Any:
        """The file as it will be stored; an unchanged one is left alone."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or file is None:
            return file
        from .uploads import PICTURES, examined, redrawn

        try:
            examined(file, kinds=PICTURES)
            fresh = redrawn(file)
        except CountyError as refusal:
            raise _told(refusal) from refusal
        self.instance.sha256 = hashlib.sha256(fresh.read()).hexdigest()
        fresh.seek(0)
        return fresh

    def clean_alt(self) -> str:
        """Words, not a file name."""
        words = str(self.cleaned_data["alt"]).strip()
        if len(words) < 2 or re.fullmatch(r"[\w.-]+\.(jpe?g|png|gif|webp)", words, re.IGNORECASE):
            raise ValidationError("请用文字说明图片内容，不能填文件名。")
        return words


class DocumentForm(BaseDocumentForm):
    """A file to take away: scanned, and looked through for personal data."""

    def clean_file(self) -> Any:
        """The file as it will be stored; what was found in it is kept with it."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or file is None:
            return file
        from ..attachments import look_through
        from .uploads import examined

        try:
            report = examined(file)
        except CountyError as refusal:
            raise _told(refusal) from refusal
        file.seek(0)
        data = file.read()
        file.seek(0)
        checked = look_through(data, file.name, report.true_type.kind)
        if checked.blocked:
            raise ValidationError(checked.sentence())
        self.instance.sha256, self.instance.mime = report.sha256, report.true_type.mime
        self.instance.checked = checked.kept()
        return file
