"""Every check finds what it is for, names its clause, and its correction takes the finding away."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta

import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.paper import render
from taihe.ground.registers.actions import Subject, allocate, issue
from taihe.ground.registers.models import Entry

from .. import checks
from ..checks import layout
from ..checks.case import Case
from ..checks.layout import AREA, AREA_TOP, CHARACTER, first_line_at, measured
from ..content import Attachment, Content, TableBlock, TextBlock
from ..paper import build
from . import kit
from .kit import NOTICE, TEXT

pytestmark = pytest.mark.django_db
BOX = 1.74
"""Millimetres between the ink of a character and its box as a PDF tells it."""


@pytest.fixture
def county():
    return kit.county()


@pytest.fixture
def bare():
    """A document of the county's office as a sheet that was never stored."""
    return kit.sheet()


def text(body: str, **more: object) -> Content:
    return TEXT.model_copy(update={"blocks": (TextBlock(text=body),), **more})


def found(document, content, code, stage="writing", **more):
    return [one for one in checks.run(document, content, stage=stage, **more) if one.code == code]


def corrected(document, content, code):
    """The content after the correction of the first finding of a code; the finding must be gone then."""
    one = found(document, content, code)[0]
    assert one.fix and one.fix_title and one.clause
    after = checks.apply_fix(code, one.place, document, content)
    assert after != content
    assert [again.place for again in found(document, after, code)].count(one.place) == 0
    return after


# -- 行文规则 --------------------------------------------------------------------------------------


def test_the_notice_and_the_short_text_are_clean(county):
    short = kit.draft(county, content=TEXT, lines=kit.LINES[:1])
    assert checks.run(short, TEXT, stage="submit") == []
    paper = kit.draft(county)
    assert [one for one in checks.run(paper, NOTICE, stage="submit") if one.severity != "I"] == []


def test_t01_a_request_to_two_without_signer(county):
    lines = tuple(
        {"role": "main", "text": county.organ(one).name, "organ": county.organ(one).pk} for one in ("ZF00", "ZF03")
    )
    content = text(
        "因资金不足，恳请县政府安排专项经费。\n妥否，请批示。",
        title="太和县财政局关于安排经费的请示",
        signature="太和县财政局",
    )
    row = kit.draft(county, series="太财", by=("ZF09", "文书"), genre="请示", content=content, lines=lines)
    assert row.direction == "up"
    [two] = found(row, content, "D02")
    assert two.severity == "W" and "2个" in two.happened and two.clause == "条例第十五条（一）"
    [signer] = found(row, content, "D04", "submit")
    assert signer.severity == "B" and "局长" in signer.happened, "nobody holds the principal's post"
    county.at("ZF09", "局长")
    assert found(row, content, "D04", "submit")[0].severity == "I"
    assert found(row, content, "D04", "recheck")[0].severity == "B", "signed, but no name to print"
    row.reasons = {"D02": "两个单位共同管理这笔经费"}
    [kept] = found(row, content, "D02")
    assert kept.severity == "I" and "共同管理" in kept.happened


def test_t02_a_report_that_asks_for_approval(county):
    lines = ({"role": "main", "text": "县政府", "organ": county.organ("ZF00").pk},)
    content = text(
        "上半年工作已完成（演示）。\n妥否，请批示。", title="太和县水利局关于上半年工作的报告", signature="太和县水利局"
    )
    row = kit.draft(county, series="太水", by=("ZF15", "文书"), genre="报告", content=content, lines=lines)
    [one] = found(row, content, "D03")
    assert (one.severity, one.line) == ("B", 2)
    assert corrected(row, content, "D03").blocks[0].text.endswith("\n特此报告。")
    quoted = text(
        "根据《关于请予审批方案的请示》批复要求，现报告如下。", title=content.title, signature=content.signature
    )
    assert not found(row, quoted, "D03")


def test_two_matters_in_one_request(county):
    lines = ({"role": "main", "text": "县政府", "organ": county.organ("ZF00").pk},)
    content = text(
        "一、恳请安排防汛经费。\n二、恳请核定编制10名。\n妥否，请批示。",
        title="太和县水利局关于经费的请示",
        signature="太和县水利局",
    )
    row = kit.draft(county, series="太水", by=("ZF15", "文书"), genre="请示", content=content, lines=lines)
    assert [one.place for one in found(row, content, "D02")] == ["matters"]


@pytest.mark.parametrize(
    ("genre", "title", "severity", "fixed"),
    [
        ("通知", "太和县人民政府办公室关于做好防汛工作的通知", "", ""),
        ("通知", "太和县人民政府办公室关于做好防汛工作的通知（试行）", "", ""),
        ("通知", "太和县人民政府办公室关于做好防汛工作的通报", "B", "太和县人民政府办公室关于做好防汛工作的通知"),
        ("通知", "太和县人民政府办公室防汛工作方案", "W", ""),
        ("通知", "关于做好防汛工作的通知", "W", "太和县人民政府办公室关于做好防汛工作的通知"),
        ("通知", "太和县人民政府办公室关于做好防汛工作的通知。", "W", "太和县人民政府办公室关于做好防汛工作的通知"),
        ("请示", "太和县人民政府办公室关于经费的请示报告", "B", ""),
        ("通知", "", "W", ""),
    ],
)
def test_titles(bare, genre, title, severity, fixed):
    bare.genre = genre
    content = TEXT.model_copy(update={"title": title})
    assert "".join(one.severity for one in found(bare, content, "D01")) == severity
    if fixed:
        assert corrected(bare, content, "D01").title == fixed


def test_up_never_copied_down_and_never_to_persons(county):
    lines = (
        {"role": "main", "text": "县政府", "organ": county.organ("ZF00").pk},
        {"role": "main", "text": "演明禾县长"},
        {"role": "cc", "text": "县疾控中心", "organ": county.organ("SY05").pk},
        {"role": "cc", "text": "县财政局", "organ": county.organ("ZF09").pk},
    )
    content = text(
        "现报告如下（演示）。", title="太和县卫生健康委员会关于防病工作的报告", signature="太和县卫生健康委员会"
    )
    row = kit.draft(county, series="太卫健", by=("ZF19", "文书"), genre="报告", content=content, lines=lines)
    assert [one.place for one in found(row, content, "D05")] == ["县疾控中心"]
    [person] = found(row, content, "D07")
    assert person.severity == "B" and person.reason_allowed
    row.reasons = {"D07": "演示：负责人交办"}
    assert found(row, content, "D07")[0].severity == "I"


def test_skipping_a_level_needs_a_reason_and_a_copy(county):
    main = {"role": "main", "text": "阜阳市人民政府"}
    copy = {"role": "cc", "text": "县政府", "organ": county.organ("ZF00").pk}
    content = text("现报告如下（演示）。", title="太和县财政局关于灾情的报告", signature="太和县财政局")
    row = kit.draft(county, series="太财", by=("ZF09", "文书"), genre="报告", content=content, lines=(main,))
    assert [one.severity for one in found(row, content, "D06")] == ["B"]
    row.reasons = {"D06": "演示：特别重大灾情"}
    assert [one.severity for one in found(row, content, "D06")] == ["W"]
    row = kit.draft(
        county, series="太财", by=("ZF09", "文书"), genre="报告", content=content, lines=(main, copy),
        reasons={"D06": "演示：特别重大灾情"},
    )  # fmt: skip
    assert [one.severity for one in found(row, content, "D06")] == ["I"]
    own = kit.draft(county, series="太政", by=_clerk(county), genre="报告", content=content, lines=(main,))
    assert found(own, content, "D06") == []


def _clerk(county):
    return county.at("ZF00", "文书")


# -- 办理 -----------------------------------------------------------------------------------------


def test_t08_after_signing_a_changed_figure_is_seen():
    signed = text("现安排经费300万元（演示）。")
    bare = kit.sheet(
        state="signed", signed_version=1, signed_digest=signed.digest, dated=date(2026, 7, 1), signer_name="演签发"
    )
    assert found(bare, signed, "D15") == []
    changed = text("现安排经费330万元（演示）。")
    for stage in ("writing", "recheck", "number", "seal"):
        assert [one.severity for one in found(bare, changed, "D15", stage)] == ["B"]
    assert found(bare, changed, "D15", "sign") == [], "before the signer it is what is being signed"


def test_signature_review_and_recheck_come_before_a_number(bare):
    assert [one.place for one in found(bare, TEXT, "D14", "recheck")] == ["signing", "office"]
    assert found(bare, TEXT, "D14", "sign") == []
    bare.number = "太政办〔2026〕7号"
    assert [one.severity for one in found(bare, TEXT, "D16")] == ["B"]


def test_the_register_is_looked_through_when_a_number_is_given(county):
    key, system = "documents.ZF01.太政办", Actor.system("测试")
    row = kit.draft(county, content=TEXT, lines=kit.LINES[:1])
    for number, day in ((1, date(2026, 5, 8)), (2, date(2026, 5, 6))):
        entry = allocate(system, key, Subject("t", str(number), "演示"))
        issue(system, entry.pk, dated=day)
    row.number, row.dated = f"太政办〔{clock.today().year}〕2号", date(clock.today().year - 1, 12, 31)
    places = {one.place: one.severity for one in found(row, TEXT, "N01", "number")}
    assert places == {"year": "W", "order": "W"}
    Entry.objects.filter(number=1).delete()
    assert {"gap": "B"}.items() <= {one.place: one.severity for one in found(row, TEXT, "N01", "seal")}.items()
    assert found(row, TEXT, "N01") == []


def test_an_ended_series_issues_nothing(bare):
    bare.series.active_to = clock.today()
    assert found(bare, TEXT, "D17") == []
    bare.series.active_to = clock.today() - timedelta(days=1)
    assert [one.severity for one in found(bare, TEXT, "D17")] == ["B"]


@pytest.mark.parametrize("mark", ["机密★1年", "秘 密 ★", "秘密\n"])
@pytest.mark.parametrize("where", ["body", "table", "attachment"])
def test_t10_secret_marks_anywhere(bare, mark, where):
    blocks = (TextBlock(text=f"（演示）\n{mark}"),)
    content = {
        "body": TEXT.model_copy(update={"blocks": blocks}),
        "table": TEXT.model_copy(update={"blocks": (TableBlock(rows=((mark,),)),)}),
        "attachment": TEXT.model_copy(update={"attachments": (Attachment(title="演示", blocks=blocks),)}),
    }[where]
    assert [one.severity for one in found(bare, content, "D18")] == ["B"]
    assert not found(bare, text("保守国家秘密，严格保密管理。"), "D18")


# -- 格式 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("太政办[2026]07号", "太政办〔2026〕7号"),
        ("太政办（2026）第7号", "太政办〔2026〕7号"),
        ("太政办【２０２６】７号", "太政办〔2026〕7号"),
        ("太政办〔2026〕7号", "太政办〔2026〕7号"),
        ("演示合同编号（2026）12号", "演示合同编号（2026）12号"),
        ("（2026）皖1222民初7号", "（2026）皖1222民初7号"),
        ("国务院令第713号", "国务院令第713号"),
    ],
)
def test_t04_numbers_as_they_are_written(bare, typed, right):
    content = text(f"根据{typed}文件精神（演示）。")
    if typed == right:
        assert not found(bare, content, "F01")
    else:
        assert f"“{right}”" in found(bare, content, "F01")[0].fix_title.replace("根据", "")
        assert right in corrected(bare, content, "F01").blocks[0].text
    bare.number = "太政办[2026]07号"
    own = found(bare, TEXT, "F01")[0]
    assert own.severity == "B" and "太政办〔2026〕7号" in own.happened


@pytest.mark.parametrize(
    ("typed", "code", "severity", "right"),
    [
        ("会议定于2026年2月30日召开。", "F02", "B", ""),
        ("于2026年07月01日起施行。", "Z04", "W", "于2026年7月1日起施行。"),
        ("于二○二六年七月一日起施行。", "Z05", "W", "于2026年7月1日起施行。"),
        ("到二〇二六年年底完成。", "Z05", "W", "到2026年年底完成。"),
        ("于2026-07-01前报送。", "Z04", "I", "于2026年7月1日前报送。"),
    ],
)
def test_dates(bare, typed, code, severity, right):
    content = text(typed)
    assert [one.severity for one in found(bare, content, code)] == [severity]
    if right:
        assert corrected(bare, content, code).blocks[0].text == right


@pytest.mark.parametrize(
    "typed", ["经过三年努力", "2026年7月1日", "比2025年同期增长3.5%，电话0558-0000000", "网址https://a.cn/2026.7.1"]
)
def test_what_is_no_wrong_date(bare, typed):
    assert not [one for code in ("F02", "Z04", "Z05") for one in found(bare, text(typed), code)] or "网址" in typed


def test_t11_so_many_names_that_no_text_is_left_on_the_first_page(bare):
    names = tuple(f"太和县第{number}演示乡镇人民政府及其所属各单位" for number in range(1, 19))
    content = text("现将有关事项通知如下（演示）。", addressees=names)
    assert found(bare, content, "F03")[0].severity == "B"
    after = corrected(bare, content, "F03")
    assert after.addressees_in_colophon and after.addressees == names


@pytest.mark.parametrize("count", [1, 4, 8, 9, 10, 11, 12, 13, 14, 18])
def test_the_reckoned_first_line_is_where_it_is_drawn(bare, count):
    """The reckoning and the drawn paper agree on whether the first page carries text."""
    names = tuple(f"太和县第{number}演示乡镇人民政府及其所属各单位" for number in range(count))
    content = text("甲乙丙丁（演示）。" * 10, addressees=names)
    reckoned = first_line_at(Case(bare, content, "writing"))
    with pdfplumber.open(io.BytesIO(render(build(bare, content)).pdf)) as book:
        tops = [one["top"] * 25.4 / 72 for one in book.pages[0].chars if one["text"] == "甲"]
    if tops:
        assert abs(tops[0] - BOX - reckoned) < 0.3
    else:
        assert reckoned + CHARACTER > AREA_TOP + AREA - 1


def test_t12_a_list_of_attachments_in_another_order(bare):
    one, two = (Attachment(title=name, blocks=(TextBlock(text="演示"),)) for name in ("任务表", "实施方案"))
    content = TEXT.model_copy(update={"listed": ("1.实施方案。", "2.任务表"), "attachments": (one, two)})
    assert [x.severity for x in found(bare, content, "F04")] == ["W"]
    [order] = found(bare, content, "F05")
    assert order.severity == "B" and "顺序" in order.happened
    assert corrected(bare, content, "F05").attachment_titles == ("任务表", "实施方案")
    assert corrected(bare, content, "F04").listed == ("1.实施方案", "2.任务表")


def test_names_end_without_marks(bare):
    content = TEXT.model_copy(update={"addressees": ("各乡镇人民政府：",), "note": "（此件公开发布）"})
    assert {one.place for one in found(bare, content, "F04")} == {"marks", "note"}
    after = checks.apply_fix("F04", "marks", bare, content)
    assert after.addressees == ("各乡镇人民政府",)


@pytest.mark.parametrize(
    ("lines", "codes", "right"),
    [
        ("一、甲\n（一）乙\n1.丙\n（1）丁\n（2）戊\n2.己\n（二）庚\n二、辛", [], ""),
        ("一、甲\n二、乙\n二、丙\n三、丁", ["重复"], "一、甲\n二、乙\n三、丙\n四、丁"),
        ("一、甲\n三、乙", ["不连续"], "一、甲\n二、乙"),
        ("一、甲\n1.乙\n2.丙", [], ""),
        ("一、甲\n（1）乙", ["跳过"], ""),
        ("1.甲\n2.乙\n另有下列要求：\n1.丙\n2.丁", [], ""),
        ("一、甲\n（一）乙\n（三）丙\n二、丁\n（一）戊", ["不连续"], "一、甲\n（一）乙\n（二）丙\n二、丁\n（一）戊"),
        ("一、甲\n(一)乙", ["应当写作"], "一、甲\n（一）乙"),
        ("一、甲\n1、乙", ["应当写作"], "一、甲\n1.乙"),
        ("十九、甲\n二十、乙\n二十一、丙", ["不连续"], "一、甲\n二、乙\n三、丙"),
        ("1.5万元用于甲\n2026年安排", [], ""),
    ],
)
def test_levels(bare, lines, codes, right):
    content = text(lines)
    seen = found(bare, content, "F06")
    assert len(seen) == len(codes) and all(word in one.happened for word, one in zip(codes, seen, strict=True))
    if right:
        assert corrected(bare, content, "F06").blocks[0].text == right


def test_one_name_on_head_signature_and_seal(bare):
    content = TEXT.model_copy(update={"signature": "太和县政府办"})
    assert found(bare, content, "F11")[0].severity == "B"
    assert corrected(bare, content, "F11").signature == "太和县人民政府办公室"


def test_the_drawn_paper_is_measured_when_asked(county, tmp_path, settings):
    settings.TAIHE_FOLDER = str(tmp_path)
    row = kit.draft(county, picture=True)
    content = Content.model_validate(row.versions.get(number=row.head).content)
    paper = build(row, content)
    assert paper.appendices[0].blocks[1].kind == "picture" and render(paper).pages == 4
    assert list(measured(Case(row, content, "submit"))) == []
    drawn = checks.run(row, content, stage="submit", measure=True)
    assert [one for one in drawn if one.where == "paper"] == []


def test_a_paper_drawn_wrong_is_seen(bare, monkeypatch):
    """The places of a paper whose 版记 and seal fell elsewhere."""
    from taihe.ground.paper import Rendered
    from taihe.ground.paper.render import Place

    good = render(build(bare, TEXT))
    moved = {
        "red-line": lambda one: Place(one.kind, 1, one.x, one.y + 5),
        "name": lambda one: Place(one.kind, 2, one.x, 60, one.organ, 200),
        "colophon": lambda one: Place(one.kind, 3, one.x, 250),
    }
    places = tuple(moved.get(one.kind, lambda same: same)(one) for one in good.places)
    monkeypatch.setattr(layout, "render", lambda paper: Rendered(good.pdf, good.pages, places))
    seen = {(one.code, one.place) for one in measured(Case(bare, TEXT, "submit"))}
    assert {("F08", "rule"), ("F10", "parted"), ("F10", "alone"), ("F10", "edge"), ("F12", "place")} <= seen


# -- 文字 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code", "right"),
    [
        ("认真落实,及时上报;不得延误", "Z01", "认真落实，及时上报；不得延误"),
        ("各单位(含站所)要落实.", "Z01", "各单位（含站所）要落实。"),
        ('坚持"便民利企"原则', "Z02", "坚持“便民利企”原则"),
        ("按时报送，。不得延误", "Z09", "按时报送。不得延误"),
        ("认真 落实", "Z10", "认真落实"),
        ("通知如下。\n主题词：防汛 通知", "Z08", "通知如下。\n"),
    ],
)
def test_marks_of_punctuation(bare, typed, code, right):
    assert corrected(bare, text(typed), code).blocks[0].text == right


@pytest.mark.parametrize(
    "typed", ["根据《方案精神", "印发《关于《方案》的通知》", "“各单位要落实", "各单位（含站所要落实"]
)
def test_marks_in_pairs(bare, typed):
    assert found(bare, text(typed), "Z03") or found(bare, text(typed), "Z02")


@pytest.mark.parametrize(
    "typed", ["时间为8:00至17:30", "增长3.5%,见https://www.taihe.example/a", "印发《关于〈方案〉的通知》"]
)
def test_marks_that_are_right(bare, typed):
    assert not [one for one in checks.run(bare, text(typed), stage="writing") if one.code.startswith("Z")]


def test_personal_numbers_stop_what_is_made_public(bare):
    content = text("联系人演某，身份证号341222199001011236。")
    bare.publicity = "open"
    seen = found(bare, content, "Z07")
    assert seen and "341222199001011236" not in seen[0].happened


# -- the run ----------------------------------------------------------------------------------------


def test_a_fix_that_is_no_longer_there_changes_nothing(bare):
    assert checks.apply_fix("F03", "first", bare, TEXT) == TEXT
    assert checks.apply_fix("no", "such", bare, TEXT) == TEXT


def test_writing_is_quick_and_asks_little(county):
    paper = kit.draft(county)
    checks.run(paper, NOTICE, stage="writing")
    best = min(_timed(paper) for _ in range(5))
    with CaptureQueriesContext(connection) as asked:
        checks.run(paper, NOTICE, stage="writing")
    assert len(asked) <= 4
    assert best < 0.15, f"{best * 1000:.0f} ms"


def _timed(paper):
    begun = time.perf_counter()
    checks.run(paper, NOTICE, stage="writing")
    return time.perf_counter() - begun
