"""What is brought in: pictures drawn anew, files looked through, texts made clean (handbook cases 2, 3, 9, 12)."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook
from PIL import Image

from taihe.ground import clock

from .. import markup, media, pictures
from ..attachments import look_through
from ..models import Approval, Article, PortalDocument, PortalImage, Shelf
from ..queries.approved import approved_page
from . import newsroom as make

SECRET = "11010519491231002X"  # a published sample number


def upload(data: bytes, name: str, mime: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=mime or "application/octet-stream")


def with_place() -> bytes:
    """A photograph with the place where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 9.0, 0.0)})
    return make.png("green", (900, 700), "JPEG", exif=exif.tobytes())


@pytest.mark.django_db
def test_a_picture_is_drawn_anew_and_needs_words(house):
    client, shelf = house.client("editor"), Shelf.objects.get(organ=house.county).collection
    address = reverse("wagtailimages:add")
    given = {"title": "照片", "collection": str(shelf.pk), "tags": ""}
    for alt in ("", "IMG_001.jpg"):
        client.post(address, given | {"alt": alt, "file": upload(with_place(), "a.jpg", "image/jpeg")})
        assert not PortalImage.objects.exists()
    answer = client.post(address, given | {"alt": "绿色的田野", "file": upload(with_place(), "a.jpg", "image/jpeg")})
    assert answer.status_code == 302, answer.content[:2000]
    row = PortalImage.objects.get()
    data = row.file.read()
    assert b"secret place" in with_place() and b"secret place" not in data
    with Image.open(BytesIO(data)) as kept:
        assert not kept.getexif() and kept.size == (900, 700)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name"),
    [(b"MZ\x90\x00" + b"0" * 200, "a.png"), (b"<svg onload='x'/>", "a.svg"), (b"GIF89a", "a.gif"), (b"", "a.jpg")],
)
def test_what_is_no_picture_is_refused(house, data, name):
    shelf = Shelf.objects.get(organ=house.county).collection
    given = {"title": "图", "alt": "图片说明", "collection": str(shelf.pk), "tags": "", "file": upload(data, name)}
    assert house.client("editor").post(reverse("wagtailimages:add"), given).status_code == 200
    assert not PortalImage.objects.exists()


def test_sizes_fit_the_budget(room, settings):
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "PNG")
    made = pictures.prepare(out.getvalue(), alt="噪点")
    assert [one.mime for one in made.variants] == ["image/webp", "image/webp", "image/jpeg"]
    assert made.variants[0].width == 320 and made.variants[-1].mime == "image/jpeg"
    for one in made.variants:
        assert one.size <= 80 * 1024 and media.media_store().verify(one.sha256)


def hidden_sheet(value: str) -> bytes:
    book = Workbook()
    book.create_sheet("名单")["A1"] = "公示名单"
    sheet = book.create_sheet("底稿")
    sheet["B7"], sheet.sheet_state = value, "hidden"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_hidden_sheet_with_an_identity_number_is_blocked_and_a_bad_one_is_not():
    found = look_through(hidden_sheet(SECRET), "名单.xlsx", "xlsx")
    assert found.blocked and "隐藏" in found.sentence() and SECRET not in found.sentence()
    assert SECRET not in str(found.kept())
    wrong = look_through(hidden_sheet("110105194912310021"), "名单.xlsx", "xlsx")
    assert not wrong.blocked


def test_properties_comments_and_struck_out_words_of_a_document_are_read():
    parts = {
        "word/document.xml": '<w:d xmlns:w="u"><w:p><w:del><w:delText>13800138000</w:delText></w:del></w:p></w:d>',
        "word/comments.xml": f'<w:comments xmlns:w="u"><w:p><w:t>{SECRET}</w:t></w:p></w:comments>',
        "docProps/core.xml": "<p><creator>13900139000</creator></p>",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, text in parts.items():
            box.writestr(name, text)
    found = look_through(out.getvalue(), "a.docx", "docx")
    assert {place for place, one in found.findings if one.level in ("block", "mask")} == {"正文", "批注", "文件属性"}


def test_what_no_machine_can_read_is_said():
    assert "人工" in look_through(b"%PDF-1.7", "a.pdf", "pdf").unread
    assert "人工" in look_through(b"broken", "a.xlsx", "xlsx").unread


@pytest.mark.django_db
def test_an_attachment_with_a_personal_number_is_not_stored(house):
    shelf = Shelf.objects.get(organ=house.county).collection
    given = {
        "title": "名单",
        "collection": str(shelf.pk),
        "tags": "",
        "file": upload(hidden_sheet(SECRET), "名单.xlsx"),
    }
    answer = house.client("editor").post(reverse("wagtaildocs:add"), given)
    assert answer.status_code == 200 and "隐藏" in answer.content.decode()
    assert not PortalDocument.objects.exists()


# -- texts ---------------------------------------------------------------------------------------------


def test_only_what_an_article_may_hold_is_left():
    dirty = (
        '<p onclick="x()" style="color:red">文<script>alert(1)</script></p><iframe src="//x"></iframe>'
        '<a href="javascript:x()">链</a><img src="x" onerror="y"><h1>题</h1>'
    )
    cleaned = markup.clean(dirty)
    assert not re.search(r"script|onclick|onerror|style|iframe|javascript|<h1", cleaned)
    assert "文" in cleaned and "链" in cleaned and "题" in cleaned


def test_a_table_keeps_its_heads_and_spans():
    html = markup.table(
        {
            "data": [["项目", "金额"], ["合计", None], ["<b>", "1"]],
            "first_row_is_table_header": True,
            "first_col_is_header": True,
            "table_caption": "表一",
            "mergeCells": [{"row": 1, "col": 0, "rowspan": 1, "colspan": 2}],
        }
    )
    assert "<caption>表一</caption>" in html and '<th scope="col">金额</th>' in html
    assert '<th scope="row" colspan="2">合计</th>' in html and "&lt;b&gt;" in html
    assert markup.clean(html) == html


@pytest.mark.django_db
def test_a_title_keeps_its_signs_and_pictures_and_links_are_resolved(house):
    picture = make.image(house.county)
    other = house.published(title="另一稿")
    page = house.article(
        title="<b>&",
        html=f'<p>见<a linktype="page" id="{other.pk}">另一稿</a></p>'
        f'<embed embedtype="image" id="{picture.pk}" alt="说明" format="fullwidth"/>',
    )
    row = house.submit(page)
    assert row.content["title"] == "<b>&"
    assert f'<a href="/content/{other.pk}.html">另一稿</a>' in row.content["body"]
    (shown,) = row.content["pictures"]
    assert f'src="/img/{shown["variants"][-1]["sha256"]}.jpg"' in row.content["body"]


@pytest.mark.django_db
def test_the_server_sets_the_time_of_publication(house):
    """Cases 2 and 9: whatever time a form names, the time is that of the approval; days of the past are refused."""
    page = house.article()
    house.edit(page, first_published_at=clock.now() - timedelta(days=30))
    before = clock.now()
    house.approve(house.submit(page))
    assert before <= approved_page(page.pk).published_at <= clock.now()
    assert Approval.objects.get().published_at == Approval.objects.get().approved_at
    assert "original_pub_date" not in {
        one.name for one in Article._meta.get_fields() if getattr(one, "editable", False)
    }
