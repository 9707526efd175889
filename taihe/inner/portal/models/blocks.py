"""What the body of an article is made of: text, tables and pictures, and nothing that could carry a script."""

from __future__ import annotations

from wagtail.blocks import CharBlock, PageChooserBlock, RichTextBlock, StructBlock
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

# Names of Draftail's features; whatever is not named here cannot be typed, pasted or posted.
FEATURES = ["h2", "h3", "h4", "bold", "ul", "ol", "link", "document-link", "image", "hr", "blockquote"]


class PictureBlock(StructBlock):
    """One picture in the run of the text; its words for the blind come from the picture itself."""

    image = ImageChooserBlock(label="图片")
    caption = CharBlock(label="图片说明", required=False, max_length=200)

    class Meta:
        label = "图片"
        icon = "image"


class DownloadBlock(StructBlock):
    """One file to take away, shown below the text."""

    document = DocumentChooserBlock(label="附件")
    title = CharBlock(label="显示名称", required=False, max_length=120, help_text="不填则用附件的名称")

    class Meta:
        label = "附件"
        icon = "doc-full"


def body_blocks() -> list[tuple[str, object]]:
    """The blocks of an article's body."""
    return [
        ("text", RichTextBlock(label="正文", features=FEATURES)),
        ("table", TableBlock(label="表格")),
        ("picture", PictureBlock()),
    ]


def article_blocks() -> list[tuple[str, object]]:
    """A list of other articles (related ones, slides of the front page)."""
    return [("article", PageChooserBlock(label="稿件", page_type="inner_portal.Article"))]
