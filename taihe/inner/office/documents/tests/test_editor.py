"""The editor's pages and what its script asks: saved, looked at, mended, imported, with and without scripts."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document as Word
from PIL import Image

from taihe.ground.files.models import Attachment, SecretIncident

from ..actions import drafting
from ..content import Content, PictureBlock, TableBlock, TextBlock
from ..editing import Editor
from ..fields import Line
from ..models import Document, DocumentVersion
from ..queries import drafting as reading
from . import writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return writing.build()


def client(officer):
    found = Client()
    found.force_login(officer)
    return found


def sent(row, **more):
    """What the page of a document would send now."""
    row.refresh_from_db()
    given = {
        "form_version": row.version,
        "title": "太和县人民政府办公室关于做好防汛工作的通知",
        "genre": "通知",
        "urgency": "normal",
        "publicity": "open",
        "audience": "internal",
        "signature": "太和县人民政府办公室",
        "block": ["body:k1:text"],
        "k1-text": "为做好防汛工作，现通知如下。\n一、加强领导",
    }
    return given | more


def ask(page, name, row, data):
    answer = page.post(reverse(f"documents:{name}", args=[row.pk]), data)
    return answer, json.loads(answer.content)


def test_three_clicks_lead_to_the_editor(office):
    page = client(office.clerk)
    begin = page.get("/documents/new/")
    key = begin.context["form"].form_key.text()
    value = begin.context["form"].fields["begin"].initial
    done = page.post("/documents/new/", {"form_key": key, "begin": value, "genre": "函"})
    row = Document.objects.get()
    assert done["Location"] == f"/documents/{row.pk}/edit/" and row.genre == "函"
    shown = page.get(done["Location"])
    assert shown.status_code == 200 and b"data-ed" in shown.content


def test_what_is_stored_comes_back_as_it_was(office):
    row = office.draft()
    content = Content(
        title="标题",
        addressees=("各乡镇人民政府",),
        blocks=(TextBlock(text="一、甲\n乙"), TableBlock(rows=(("甲", ""), ("丙", "丁"))), TextBlock(text="尾")),
        listed=("值班表",),
        signature="太和县人民政府办公室",
        note="此件公开发布",
        attachments=({"title": "值班表", "blocks": (TextBlock(text="表"),)},),
        issued={"title": "办法", "blocks": (TextBlock(text="第一条"),)},
    )
    lines = (Line(role="main", text="各乡镇人民政府"),)
    editor = Editor.of(row, content, lines)
    assert editor.content() == content
    assert [one.text for one in editor.fields().addressees] == ["各乡镇人民政府"]


def test_the_script_saves_and_a_second_tab_is_told_and_parked(office):
    row, page = office.draft(), client(office.clerk)
    answer, told = ask(page, "edit_save", row, sent(row))
    assert (answer.status_code, told["version"], told["number"]) == (200, 2, 1)
    late = sent(row, form_version=1) | {"k1-text": "第二个标签页里的文字。"}
    answer, told = ask(page, "edit_save", row, late)
    assert answer.status_code == 409 and told["stop"] and told["parked"] == 2
    assert "第二个标签页里的文字。" in str(DocumentVersion.objects.get(document=row, number=2).content)
    compared = page.get(told["compare"])
    assert compared.status_code == 200 and "第二个标签页里的文字" in compared.content.decode()


def test_whoever_was_taken_over_is_told_at_the_next_save(office):
    row = office.draft()
    first, second = client(office.clerk), client(office.second)
    ask(first, "edit_save", row, sent(row))
    held = second.get(f"/documents/{row.pk}/edit/")
    assert held.status_code == 409 and "演文书正在编辑" in held.content.decode()
    form = held.context["form"]
    data = {"form_key": form.form_key.text(), "form_version": form.shown_version, "reason": "甲已外出，今天必须送审"}
    assert second.post(f"/documents/{row.pk}/edit/take-over/", data).status_code == 302
    answer, told = ask(first, "edit_save", row, sent(row) | {"k1-text": "还没来得及保存的。"})
    assert answer.status_code == 409 and "甲已外出" in "".join(told["sentences"]) and told["parked"]


def test_looking_draws_only_what_changed_and_stores_nothing(office):
    row, page = office.draft(), client(office.clerk)
    before = DocumentVersion.objects.get(document=row).content
    _, first = ask(page, "edit_look", row, sent(row))
    assert first["pages"] and set(first["pictures"]) == set(first["pages"])
    assert next(iter(first["pictures"].values())).startswith("data:image/png;base64,")
    _, again = ask(page, "edit_look", row, sent(row, have=first["pages"]))
    assert again["pages"] == first["pages"] and again["pictures"] == {}
    row.refresh_from_db()
    assert row.version == 1 and DocumentVersion.objects.get(document=row).content == before


def test_a_character_without_a_glyph_is_named_and_the_rest_is_drawn(office):
    row, page = office.draft(), client(office.clerk)
    data = sent(row) | {"k1-text": "请\U0003ffff同志参加。"}
    _, told = ask(page, "edit_look", row, data)
    assert "U+3FFFF" in told["fault"] and told["pages"]


def test_strangers_get_no_editor(office):
    row, page = office.draft(), client(office.stranger)
    assert page.get(f"/documents/{row.pk}/edit/").status_code == 403
    for name in ("edit_hold", "edit_save", "edit_look", "edit_mend", "edit_picture"):
        answer, told = ask(page, name, row, sent(row))
        assert answer.status_code == 403 and told["code"] == "documents.may_not_edit"
    assert page.get(f"/documents/{row.pk}/versions/").status_code == 403
    assert page.get(f"/documents/{row.pk}/word.docx").status_code == 403


def test_a_secret_mark_in_the_editor_stops_it_and_stores_nothing(office):
    row, page = office.draft(), client(office.clerk)
    answer, told = ask(page, "edit_save", row, sent(row) | {"k1-text": "机密★10年\n内容"})
    assert answer.status_code == 422 and told["stop"]
    assert SecretIncident.objects.count() == 1
    assert "机密" not in str(DocumentVersion.objects.get(document=row).content)


def posted(page, row, do, **more):
    form = page.get(f"/documents/{row.pk}/edit/").context["form"]
    return page.post(f"/documents/{row.pk}/edit/", sent(row) | {"form_key": form.form_key.text(), "do": do} | more)


def test_without_scripts_the_buttons_save_and_change_the_page(office):
    row, page = office.draft(), client(office.clerk)
    assert posted(page, row, "table:body").status_code == 302
    organ = str(office.bureau.pk)
    two = {"block": ["body:k1:text", "body:k2:table"], "k2-text": "单位\t人数\n城关镇\t12"}
    assert posted(page, row, "main", pick=f"o:{organ}", **two).status_code == 302
    content = reading.content_of(reading.current(reading.document(row.pk)))
    assert content.blocks[1].rows == (("单位", "人数"), ("城关镇", "12"))
    assert content.addressees == ("太和县卫生健康委员会",)
    looked = posted(page, row, "look")
    assert looked.status_code == 200 and b"data:image/png" in looked.content
    line = {"line": ["l1:main::" + organ], "l1-text": "太和县卫生健康委员会"}
    assert posted(page, row, "version", version_note="送科长审", **line).status_code == 302
    row.refresh_from_db()
    assert row.editing_by is None
    assert DocumentVersion.objects.get(document=row, number=row.head).note == "送科长审"


def png(colour="red"):
    out = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_looked_at_stored_and_drawn(office):
    row, page = office.draft(), client(office.clerk)
    file = SimpleUploadedFile("图.png", png(), "image/png")
    answer, told = ask(page, "edit_picture", row, {"file": file})
    assert answer.status_code == 200
    data = sent(row, block=["body:k1:text", "body:k2:picture"]) | {"k2-key": told["key"], "k2-width": "60"}
    ask(page, "edit_save", row, data)
    assert reading.content_of(reading.current(reading.document(row.pk))).blocks[1] == PictureBlock(
        key=told["key"], width_mm=60
    )
    bad = SimpleUploadedFile("图.png", b"MZ\x90\x00 no picture", "image/png")
    answer, _ = ask(page, "edit_picture", row, {"file": bad})
    assert answer.status_code == 422


def word(*lines, table=None, picture=False, tail=()):
    document = Word()
    for line in lines:
        document.add_paragraph(line)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for cells, row in zip(table, made.rows, strict=True):
            for text, cell in zip(cells, row.cells, strict=True):
                cell.text = text
    if picture:
        document.add_picture(io.BytesIO(png()))
    for line in (*tail, "附件1", "值班表", "一、白班"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return SimpleUploadedFile(
        "通知.docx", out.getvalue(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )


def bring_in(page, row, file, changes="accept"):
    form = page.get(f"/documents/{row.pk}/word/").context["form"]
    data = {"form_key": form.form_key.text(), "form_version": form.shown_version, "file": file, "changes": changes}
    return page.post(f"/documents/{row.pk}/word/", data)


def test_a_word_file_becomes_the_text_and_the_old_text_stays(office):
    row, page = office.draft(), client(office.clerk)
    office.write(row, "原有的文字。")
    file = word(
        "太和县人民政府办公室文件", "太政办〔2026〕5号", "太和县人民政府办公室", "关于做好防汛工作的通知",
        "各乡镇人民政府，县政府各部门：", "现通知如下。", "一、加强领导",
        tail=("附件：值班表", "太和县人民政府办公室", "2026年5月3日", "（此件公开发布）"),
        table=[["单位", "人数"], ["城关镇", "12"]], picture=True,
    )  # fmt: skip
    assert bring_in(page, row, file).status_code == 302
    first, second = DocumentVersion.objects.filter(document=row).order_by("number")
    content = reading.content_of(second)
    assert first.closed_at and "原有的文字。" in str(first.content)
    assert content.title == "太和县人民政府办公室关于做好防汛工作的通知"
    assert content.addressees == ("各乡镇人民政府", "县政府各部门")
    assert [one.title for one in content.attachments] == ["值班表"]
    kinds = [one.kind for one in content.blocks]
    assert kinds.count("table") == 1 and kinds.count("picture") == 1
    assert Attachment.objects.filter(owner_type="documents.document", owner_id=str(row.pk)).count() == 1


def test_no_word_file_no_change(office):
    row, page = office.draft(), client(office.clerk)
    answer = bring_in(page, row, SimpleUploadedFile("通知.docx", b"no word file at all", "application/octet-stream"))
    assert answer.status_code == 200 and answer.context["form"].errors
    assert DocumentVersion.objects.filter(document=row).count() == 1


def test_the_text_goes_out_as_word(office):
    row, page = office.draft(), client(office.clerk)
    office.write(row, "一、导出的文字")
    answer = page.get(f"/documents/{row.pk}/word.docx")
    lines = [one.text for one in Word(io.BytesIO(answer.content)).paragraphs]
    assert "一、导出的文字" in lines


def test_versions_are_listed_compared_and_brought_back(office):
    row, page = office.draft(), client(office.clerk)
    office.write(row, "一稿的文字。")
    drafting.check_in(office.actor("clerk"), row.pk, "一稿")
    office.write(row, "二稿的文字。", who="second")
    drafting.check_in(office.actor("second"), row.pk)
    shown = page.get(f"/documents/{row.pk}/versions/?a=1&b=2").content.decode()
    assert "<ins" in shown and "演秘书（第2稿）" in shown
    form = page.get(f"/documents/{row.pk}/versions/1/").context["form"]
    data = {"form_key": form.form_key.text(), "form_version": form.shown_version}
    assert page.post(f"/documents/{row.pk}/versions/1/restore/", data).status_code == 302
    row.refresh_from_db()
    assert row.head == 3 and "一稿的文字。" in str(DocumentVersion.objects.get(document=row, number=3).content)


def test_pages_ask_few_questions_however_many_versions(office, django_assert_max_num_queries):
    row, page = office.draft(), client(office.clerk)
    for number in range(6):
        office.write(row, f"第{number}稿。")
        drafting.check_in(office.actor("clerk"), row.pk)
    page.get("/")
    for address in ("edit/", "versions/", "versions/?a=1&b=6", "versions/3/", "word/"):
        with django_assert_max_num_queries(15):
            assert page.get(f"/documents/{row.pk}/{address}").status_code == 200
    with django_assert_max_num_queries(15):
        assert page.get("/documents/new/").status_code == 200
