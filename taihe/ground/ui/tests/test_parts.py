"""The parts one by one: what they say, and that what people wrote stays text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError
from django.test import RequestFactory

from taihe.ground import clock
from taihe.ground.ui import marks, parts, tables, widgets

EVIL = "<script>alert(1)</script>"
SAFE = "&lt;script&gt;alert(1)&lt;/script&gt;"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in the county


@pytest.fixture(autouse=True)
def _noon():
    with clock.fixed(NOON):
        yield


def test_icon_is_decoration_unless_named(draw):
    assert 'aria-hidden="true"' in draw("{% icon 'inbox' %}") and "icons.svg#i-inbox" in draw("{% icon 'inbox' %}")
    assert 'role="img" aria-label="注意"' in draw("{% icon 'inbox' '注意' %}")


def test_tags_say_their_word_and_refuse_unknown_tones(draw):
    assert draw("{% status word 'ok' %}", word=EVIL) == f'<span class="gv-tag gv-ok">{SAFE}</span>'
    assert "gv-danger" in draw("{% urgency '特急' %}") and "平件" in draw("{% urgency '' %}")
    with pytest.raises(ValueError, match="unknown tone"):
        draw("{% status 'x' 'red' %}")


@pytest.mark.parametrize(
    ("at", "words", "tone"),
    [
        (NOON - timedelta(days=2), "已超期 2 天", "danger"),
        (NOON - timedelta(hours=1), "今日已超时", "danger"),
        (NOON + timedelta(hours=2), "今日到期", "warn"),
        (date(2026, 11, 20), "今日到期", "warn"),
        (date(2026, 11, 19), "已超期 1 天", "danger"),
        (NOON + timedelta(hours=13), "剩 1 天", "warn"),  # past the county's midnight, though the same day in UTC
        (date(2026, 11, 25), "剩 5 天", "plain"),
        (None, "—", "plain"),
    ],
)
def test_time_limit_in_words(at, words, tone):
    assert marks.due_words(at) == marks.Due(words, tone)


def test_time_limit_counted_in_working_days_and_finished(draw):
    assert marks.due_words(date(2026, 11, 25), workdays_left=3).text == "剩 3 个工作日"
    assert "剩 5 天" in draw("{% due at %}", at=date(2026, 11, 25))
    done = draw("{% due at done=True %}", at=date(2026, 11, 25))
    assert "剩" not in done and "11-25" in done


def test_moments_are_told_in_county_time(draw):
    assert ">11-20 12:00</time>" in draw("{{ at|moment }}", at=NOON)
    assert ">2026-11-20 12:00</time>" in draw('{{ at|moment:"full" }}', at=NOON)
    assert ">2025-11-20 12:00</time>" in draw("{{ at|moment }}", at=NOON.replace(year=2025))
    assert "—" in draw("{{ at|moment }}", at=None)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (8_421_900, "8.0 MB"), (10**13, "9313 GB")]
)
def test_sizes(count, text):
    assert marks.size(count) == text


def test_what_people_wrote_stays_text(draw):
    opinion = parts.Opinion(EVIL, EVIL, EVIL, NOON, EVIL)
    row = parts.ReportRow(1, EVIL, EVIL, EVIL)
    drawn = draw(
        "{% sheet t number=t %}{% sheet_item t t %}{% sheet_opinions t opinions %}"
        "{% sheet_cell t %}{{ t }}{% endsheet_cell %}"
        "{% endsheet %}{% stepper steps %}{% timeline records %}{% attachments files %}{% facts details %}"
        "{% report report %}"
        "{% panel t %}{{ t }}{% endpanel %}{% notice %}{{ t }}{% endnotice %}{% empty_state t t %}{% crumb t t %}"
        "{% count_tabs tabs %}{% progress 1 2 t %}{% action_bar %}{{ t }}{% endaction_bar %}",
        t=EVIL,
        opinions=[opinion],
        steps=[parts.Step(EVIL, "current", EVIL)],
        records=[parts.Record(NOON, EVIL, EVIL, EVIL, EVIL)],
        files=[parts.Attached(EVIL, EVIL, 1, EVIL, EVIL)],
        details=[parts.Detail(EVIL, EVIL)],
        report=parts.Report(EVIL, True, [parts.ReportTotal(EVIL, 1)], [row], EVIL),
        tabs=[parts.Tab(EVIL, EVIL, 1)],
    )
    assert "<script" not in drawn and drawn.count(SAFE) > 30


def test_stepper_tells_states_to_the_eye_and_the_ear(draw):
    drawn = draw(
        "{% stepper steps %}", steps=[parts.Step("起草", "done"), parts.Step("审核", "current"), parts.Step("签发")]
    )
    assert drawn.count("<li") == 3 and drawn.count('aria-current="step"') == 1
    assert '审核<span class="gv-hide">（当前环节）' in drawn and '签发<span class="gv-hide">（未开始）' in drawn


@pytest.mark.parametrize(("count", "across"), [(1, 1), (5, 5), (6, 3), (8, 4), (9, 5), (13, 5)])
def test_steps_share_the_rows_of_a_phone_evenly(draw, count, across):
    assert f"gv-across-{across}" in draw("{% stepper steps %}", steps=[parts.Step("步")] * count)


def test_report_says_plainly_whether_anything_was_stored(draw):
    assert "gv-warn" in draw("{% report r %}", r=parts.Report("没有写入任何数据。", False))
    assert "gv-ok" in draw("{% report r %}", r=parts.Report("已写入 3 行。", True))


def test_progress_of_nothing_is_zero(draw):
    assert "（0%）" in draw("{% progress 0 0 %}") and 'value="3"' in draw("{% progress 3 4 %}")


def test_pager_keeps_the_address_and_leaves_gaps(draw):
    page = Paginator(range(200), 10).page(10)
    drawn = draw("{% pager page 'p' %}", page=page, request=RequestFactory().get("/?q=a%26b&p=10"))
    assert '<a href="?q=a%26b&amp;p=11">11</a>' in drawn and drawn.count("…") == 2
    assert draw("{% pager page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_empty_frame_parts_leave_no_trace(draw):
    assert draw("{% crumb_path %} {% endcrumb_path %}{% page_help %}\n{% endpage_help %}") == ""


def test_unclosed_block_is_a_mistake_of_the_page(draw):
    with pytest.raises(TemplateSyntaxError):
        draw("{% panel 'x' %}")


class SampleForm(forms.Form):
    secret = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label="姓名", help_text="按身份证填写。")
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    organ = forms.ChoiceField(
        label="单位", choices=[("局", [("1", "财政局"), ("2", "水利局")])], widget=widgets.PickOne()
    )


def test_fields_of_a_form(draw):
    drawn = draw("{% fields form %}", form=SampleForm())
    assert '<input type="hidden" name="secret"' in drawn and "按身份证填写。" in drawn
    assert drawn.count('class="gv-req"') == 2 and 'aria-describedby="id_name_helptext"' in drawn
    assert "gv-field gv-wide gv-kind-textarea" in drawn
    some = draw("{% fields form 'note' %}", form=SampleForm())
    assert "姓名" not in some and "secret" not in some


def test_error_summary_counts_hidden_and_general_mistakes(draw):
    form = SampleForm({"note": "x"})
    form.full_clean()
    form.add_error(None, "两项须填一项。")
    drawn = draw("{% error_summary form %}", form=form)
    assert "有 4 处需要修改" in drawn and "两项须填一项。" in drawn and 'href="#id_name"' in drawn
    assert draw("{% error_summary form %}", form=SampleForm()).strip() == ""


def test_pickers_work_as_plain_controls_and_carry_their_letters():
    one = str(SampleForm()["organ"])
    assert '<optgroup label="局">' in one and 'data-find="czj"' in one
    assert 'class="gv-pick-find" hidden' in one, "the search field appears only with the script"
    many = widgets.PickMany(choices=[("局", [("1", EVIL), ("2", "水利局")])]).render("x", ["2"], {"id": "id_x"})
    assert (
        SAFE in many
        and many.count('type="checkbox"') == 2
        and 'value="2" id="id_x_0_1" checked data-find="slj"' in many
    )
    remote = widgets.PickOne(source="/people/find/").render("x", None, {"id": "id_x"})
    assert 'hx-get="/people/find/"' in remote and 'hx-target="#id_x"' in remote


def test_spreadsheets_hold_no_formula_of_others():
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(tables.workbook([["=1+1", "-2", "平件", 3, None, date(2026, 1, 2)]], "x")))
    assert list(book.active.values) == [("'=1+1", "'-2", "平件", 3, None, "2026-01-02")]


def test_an_empty_list_says_so(draw):
    class Nothing(tables.GovTable):
        title = tables.TitleColumn(verbose_name="标题")
        gov_empty_hint = "换个条件试试。"

        class Meta(tables.GovTable.Meta):
            empty_text = "没有公文"

    drawn = draw("{% load django_tables2 %}{% render_table t %}", t=Nothing([]), request=RequestFactory().get("/"))
    assert "没有公文" in drawn and "换个条件试试。" in drawn


def test_tree_folds_without_scripts_and_shows_what_was_looked_for(draw):
    leaf = parts.Branch(EVIL, "/leaf/", note="3 人", tag="站所", hit=True)
    drawn = draw('{% tree branches "机构树" %}', branches=[parts.Branch("县政府", "/top/", open=True, below=[leaf])])
    assert drawn.count("<li>") == 2 and drawn.count("<details open>") == 1
    assert SAFE in drawn and "<script>" not in drawn
    assert '<div class="gv-twig gv-hit"><a href="/leaf/">' in drawn and "3 人" in drawn and "站所" in drawn
    # The toggle and the link are two controls, never one inside the other.
    assert "<a" not in drawn.partition("<summary>")[2].partition("</summary>")[0]


def test_tiles_show_a_number_only_where_work_waits(draw):
    tiles = [parts.Tile("审批事项", "/a/", "rubber-stamp", "等待审批", 3), parts.Tile(EVIL, "/b/")]
    drawn = draw("{% tiles tiles %}", tiles=tiles)
    assert drawn.count("gv-badge") == 1 and 'href="/a/"' in drawn and SAFE in drawn


def test_letters_keep_the_other_filters_and_leave_the_page_behind(draw):
    request = RequestFactory().get("/contacts/", {"q": "财政", "letter": "L", "page": "3"})
    drawn = draw("{% letters %}", request=request)
    assert drawn.count("<a ") == 27 and 'aria-current="true">L</a>' in drawn
    assert "page=3" not in drawn and drawn.count("q=%E8%B4%A2%E6%94%BF") == 27
