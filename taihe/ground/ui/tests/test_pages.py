"""Every page of the gallery draws, keeps the content security policy, and says what it must say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

OFFICE = ("", "worklist/", "document/", "form/", "form/?bad=1", "confirm/", "plain/")
PUBLIC = ("outer/", "outer/form/", "outer/form/?bad=1")


class Reader(HTMLParser):
    """Notes ids, labels' targets, inline script and style, and unclosed elements."""

    VOID = ("meta", "link", "input", "img", "br", "hr", "path", "use", "rect")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.forbidden: list[str] = []
        self.open: list[str] = []
        self.misnested: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.targets += [value for name, value in attrs if tag == "label" and name == "for" and value]
        self.forbidden += [f"{tag} {name}" for name in known if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in known):
            self.forbidden.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)


@pytest.mark.parametrize("name", OFFICE + PUBLIC)
def test_page_keeps_the_policy(pages, name):
    answer = pages.get(f"/ui/{name}")
    text = answer.content.decode()
    read = Reader(text)
    assert answer.status_code == 200
    assert read.forbidden == []
    assert (read.misnested, read.open) == ([], [])
    assert len(read.ids) == len(set(read.ids)), "ids must be unique"
    assert set(read.targets) <= set(read.ids), "labels must lead somewhere"
    assert '<html lang="zh-CN">' in text and text.count("<h1") == 1 and text.count("<main") == 1
    assert 'href="#gv-main"' in text and 'id="gv-main"' in text
    assert not re.search(r"[{}]%|%\}", text)


@pytest.mark.parametrize(("name", "tag"), [("worklist/", "非涉密办公区"), ("outer/", "互联网服务区")])
def test_every_page_says_where_one_is_and_that_it_is_a_demonstration(pages, settings, name, tag):
    shown = pages.get(f"/ui/{name}").content.decode()
    assert tag in shown and 'content="noindex"' in shown and '<span class="gv-demo">演示</span>' in shown
    settings.TAIHE_DEMO = False
    shown = pages.get(f"/ui/{name}").content.decode()
    assert tag in shown and "noindex" not in shown and "gv-demo" not in shown


def test_no_secret_mark_is_offered_anywhere(pages):
    for name in OFFICE + PUBLIC:
        assert "密级" not in pages.get(f"/ui/{name}").content.decode()


def test_product_name_comes_from_the_county(pages, settings):
    settings.TAIHE_ZONE = "inner"
    settings.TAIHE_COUNTY = {"products": {"inner": "某县<b>办公"}}
    assert "某县&lt;b&gt;办公" in pages.get("/work/").content.decode()
    settings.TAIHE_COUNTY = {}
    assert "太和县政务协同办公系统" in pages.get("/work/").content.decode()


def test_the_list_sorts_turns_and_keeps_other_parameters(pages):
    text = pages.get("/ui/worklist/?tab=2&sort=-due_at&page=2").content.decode()
    assert 'aria-sort="descending"' in text
    assert "?tab=2&amp;sort=-due_at&amp;page=3" in text
    assert '<input type="hidden" name="tab" value="2">' in text
    assert "共 <b>42</b> 条，第 2 / 3 页" in text


def test_the_list_exports_all_pages_as_a_spreadsheet(pages):
    answer = pages.get("/ui/worklist/?_export=xlsx")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert rows[0] == ("缓急", "标题", "类型", "当前环节", "来文（拟稿）单位", "送达时间", "办理时限")
    assert len(rows) == 43
    assert "attachment" in answer["Content-Disposition"]


def test_a_refused_form_leads_to_its_fields_and_escapes_what_was_typed(pages):
    text = pages.get("/ui/form/?bad=1").content.decode()
    assert "有 4 处需要修改，内容尚未保存" in text
    assert '<a href="#id_received_on">收文日期：' in text and '<a href="#id_readers_0">分送单位：' in text
    assert "&lt;b&gt;关于……的通知&lt;/b&gt;" in text and "<b>关于" not in text
    field = re.search(r'<input type="date"[^>]*>', text)
    assert field and 'aria-invalid="true"' in field[0] and 'aria-describedby="id_received_on_error"' in field[0]
    assert 'id="id_received_on_error"' in text


@pytest.mark.parametrize("status", [403, 404, 409, 422, 500, 503])
def test_each_refusal_has_its_page(pages, status):
    answer = pages.get(reverse("ui_gallery_refusal", args=[status]))
    assert answer.status_code == status
    assert Reader(answer.content.decode()).misnested == []
    assert "错误代码" in answer.content.decode()


def test_a_refusal_becomes_three_sentences_and_a_code(pages):
    answer = pages.get("/refuse/")
    text = answer.content.decode()
    assert answer.status_code == 422 and answer["X-Error-Code"] == "ground.bad_input"
    for sentence in (
        "“&lt;i&gt;份数&lt;/i&gt;”须为整数。",
        "内容没有保存",
        "请按提示修改后重新提交。",
        "ground.bad_input",
    ):
        assert sentence in text


def test_an_htmx_request_gets_the_bare_notice(pages):
    text = pages.get("/refuse/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text and 'role="alert"' in text and "ground.bad_input" in text


def test_faults_lost_pages_and_old_forms_have_sentences_too(pages):
    pages.raise_request_exception = False
    assert "系统处理您的请求时出现故障" in pages.get("/fail/").content.decode()
    lost = pages.get("/nowhere/")
    assert lost.status_code == 404 and "ui.not_found" in lost.content.decode()
    strict = type(pages)(enforce_csrf_checks=True)
    refused = strict.post("/guarded/")
    assert refused.status_code == 403 and "ui.form_expired" in refused.content.decode()
