"""Pictures and files of the desk: each belongs to a shelf, and each organ has its own (no other organ sees it).

What is stored here is already examined and cleaned; what the public gets are variants of it in the
media store, named by digest, so that replacing a file on the desk changes no approved page.
"""

from __future__ import annotations

from django.db import models
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Collection

from taihe.inner.people.models import Organ


class Shelf(models.Model):
    """Where the pictures and files of one organ lie (a collection in Wagtail's words)."""

    organ = models.OneToOneField(Organ, models.PROTECT, related_name="portal_shelf", verbose_name="单位")
    collection = models.OneToOneField(Collection, models.PROTECT, related_name="shelf", verbose_name="素材文件夹")

    class Meta:
        verbose_name = "素材文件夹"

    def __str__(self) -> str:
        return str(self.organ)


class PortalImage(AbstractImage):
    """A picture, re-encoded by us (no EXIF, no place of taking), with words for those who cannot see it."""

    alt = models.CharField("替代文字", max_length=200, help_text="说明图片内容，读屏软件会朗读；不能为空")
    sha256 = models.CharField("内容摘要", max_length=64, blank=True, editable=False)

    admin_form_fields = ("title", "file", "alt", "collection", "tags")

    class Meta(AbstractImage.Meta):
        verbose_name = "图片"
        verbose_name_plural = "图片"

    @property
    def default_alt_text(self) -> str:
        return self.alt


class PortalRendition(AbstractRendition):
    """A size of a picture as the editor shows it; the public sees none of these."""

    image = models.ForeignKey(PortalImage, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once")
        ]


class PortalDocument(AbstractDocument):
    """A file to take away; `checked` keeps what the look into it found (kinds and places, no personal data)."""

    sha256 = models.CharField("内容摘要", max_length=64, blank=True, editable=False)
    mime = models.CharField("类型", max_length=120, blank=True, editable=False)
    checked = models.JSONField("检查结果", default=dict, blank=True, editable=False)

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = "附件"
        verbose_name_plural = "附件"
