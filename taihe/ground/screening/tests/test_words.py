"""Words of the lists in every disguise the handbook names, and the places where they are none."""

from __future__ import annotations

import csv

import pytest

from taihe.ground.screening import Finding, load_lists, screen, words_folder
from taihe.ground.screening.fold import fold


def only(text, **how) -> Finding:
    """The one finding of a text."""
    findings = screen(text, **how).findings
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("测试词", False),
        ("测\u200b试\ufeff词", False),
        ("测\ufe0f试\u3164词", False),
        ("測試詞", False),
        ("测 试 词", True),
        ("测|试词", True),
        ("测`试…词", True),
        ("测，试、词", True),
        ("测☆试🙂词", True),
    ],
)
def test_disguised_word_is_blocked_at_its_exact_place(text, doubtful):
    before, after = "现将情况通报如下：", "。"
    finding = only(before + text + after)
    assert (finding.level, finding.doubtful) == ("block", doubtful)
    assert (finding.start, finding.end) == (len(before), len(before) + len(text))


@pytest.mark.parametrize(
    "text",
    ["ce试词", "测shi词", "c试词", "ceshici", "测 s 词", "cs禁词甲", "csjcj", "测讠式词", "测言式词", "氵则试词"],
)
def test_pinyin_initials_and_pieces_are_for_review_only(text):
    finding = only(f"通知：{text}。")
    assert (finding.level, finding.doubtful) == ("review", True)
    assert (finding.start, finding.end) == (3, 3 + len(text))


@pytest.mark.parametrize("text", ["cesium", "xxce试词", "csc", "GDP", "侧室词", "test ci"])
def test_latin_that_only_resembles_a_word_is_none(text):
    assert screen(f"通知：{text}。").level == "pass"


@pytest.mark.parametrize("ending", ["。", "！", "？", "；", "\n"])
def test_no_word_is_read_across_the_end_of_a_sentence(ending):
    assert screen(f"本次测{ending}试词").level == "pass"
    assert screen("本次测!试词").level == "block"  # the ASCII mark is no Chinese end of sentence


def test_allowed_word_covers_a_hit_unless_it_is_cut_short():
    assert screen("测试词典").level == "pass"
    assert screen("测试 词典").level == "pass"
    assert screen("测试词，典礼").level == "block"
    assert screen("测试词。典礼").level == "block"


def test_word_cut_out_of_two_neighbours_is_left_to_a_person():
    finding = only("再测试禁词甲方")
    assert (finding.level, finding.doubtful, finding.evidence) == ("review", True, "测试禁词甲")
    assert only("测试禁词甲，方可").level == "block"


def test_latin_words_need_their_edges():
    assert only("见 DemoBanned 一文").level == "block"
    assert only("见 ＤＥＭＯ－ｂａｎｎｅｄ 一文").level == "block"
    assert screen("见 demobannedx 一文").level == "pass"


def test_look_alike_letters_are_folded_and_reported():
    assert {one.rule for one in screen("dеmobanned").findings} == {"words.demo-harmful", "disguise.letters"}
    finding = only("请访问 tаihe.gov.cn 查询")
    assert (finding.klass, finding.suggestion, finding.evidence) == ("disguise", "taihe.gov.cn", "tаihe.gov.cn")
    assert screen("角α与β").level == "pass"


def test_milder_word_does_not_hide_a_severer_one_that_overlaps():
    findings = screen("法人代表演示测试词").findings
    assert [(one.evidence, one.level) for one in findings] == [("法人代表", "review"), ("测试词", "block")]


def test_purpose_decides_the_level():
    assert screen("测试词", purpose="citizen").level == "review"
    assert screen("法人代表", purpose="publish").level == "review"
    assert screen("法人代表", purpose="citizen").level == "pass"


def test_list_of_one_site_is_used_there_only():
    assert screen("演示频道禁词").level == "pass"
    assert screen("演示频道禁词", site="infoport").level == "pass"
    assert only("演示频道禁词", site="investment").rule == "words.demo-investment"
    assert only("测试词", site="investment").level == "block"


def test_confusions_carry_the_right_word_and_only_count_as_written():
    finding = only("变更法人代表的，应当提交材料")
    assert (finding.klass, finding.suggestion) == ("wording", "法定代表人")
    assert screen("办理截止，目前无人报名").level == "pass"


@pytest.mark.parametrize(
    "text", ["机密★1年", "机 密 ★", "秘密☆", "机密*长期", "绝密\n关于演示的通知", "知悉范围：县政府办", "内部资料"]
)
def test_document_marks_block(text):
    assert screen(text).level == "block"


@pytest.mark.parametrize(
    "text", ["属于国家秘密、商业秘密的信息不予公开", "保守机密", "扩大知悉范围的说明", "不予公开的密级材料"]
)
def test_words_about_secrets_are_no_marks(text):
    assert screen(text).level == "pass"


def test_township_names_are_no_doubled_words():
    lines = (words_folder().parent / "townships.csv").read_text("utf-8-sig").splitlines()
    names = [row["short_name"] for row in csv.DictReader(lines)]
    assert "税镇镇" in names and screen("、".join(names)).level == "pass"
    assert screen("税镇镇镇政府、城关镇镇政府").level == "pass"
    assert only("各地的的做法").suggestion == "的"


def test_document_number_gets_its_brackets():
    assert only("太政[2026]05号").suggestion == "太政〔2026〕5号"
    finding = only("《关于演示的通知》（太政办（2026）第12号）")
    assert (finding.suggestion, finding.evidence) == ("太政办〔2026〕12号", "太政办（2026）第12号")
    assert screen("太政〔2026〕5号").level == "pass"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("2月30日", "review"),
        ("2023年2月29日", "review"),
        ("2024年2月29日", "pass"),
        ("4月31日前", "review"),
        ("13月1日", "review"),
        ("12月31日", "pass"),
    ],
)
def test_days_that_do_not_exist(text, level):
    assert screen(text).level == level


def test_folding_follows_the_handbook():
    assert fold("ＡＢＣ１２３①㈠㎏") == "abc1231一kg"
    assert fold("⼀⼆⽔⻢⻰") == "一二水马龙"
    assert fold("т\u0301а\u00ad\u034f") == "ta"
    assert fold("政　府，信|息！公开") == "政府信息\n公开"


def test_every_listed_word_is_found_as_written():
    lists, _version = load_lists()
    for words in lists:
        if words.klass in ("allow", "label"):
            continue
        for entry in words.entries:
            if not (entry.before or entry.after):
                found = screen(f"“{entry.word}”", site=next(iter(words.sites), None)).findings
                assert any(one.rule == f"words.{words.id}" for one in found), entry.word
