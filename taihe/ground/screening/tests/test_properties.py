"""What must hold for any text."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.screening import mask, screen
from taihe.ground.screening.fold import HARD_BREAKS, View, fold, fold_character, is_invisible
from taihe.ground.screening.numbers import luhn_ok

WORDS = ("测试禁词甲", "演示违规词", "演示错误称谓")
INVISIBLE = "\ud800\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\u2800\ufe0f\U000e0101\u202e\u180e\u0301"
SEPARATORS = " \t\u3000-_.,、，·*|/\\`'\"“”（）()[]【】#@&+=~^<>…—:：!?;★●🙂"
TRADITIONAL = str.maketrans("测试词违规错误称谓", "測試詞違規錯誤稱謂")


def wide(text: str) -> str:
    """Full-width forms of the ASCII characters."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@st.composite
def disguised(draw):
    """A block word with anything that does not end a sentence put between its characters."""
    word = draw(st.sampled_from(WORDS))
    letters = list(word.translate(TRADITIONAL) if draw(st.booleans()) else word)
    gap = st.text(st.sampled_from(INVISIBLE + SEPARATORS), max_size=3)
    return letters[0] + "".join(draw(gap) + one for one in letters[1:])


@given(
    disguised(),
    st.sampled_from(["", "通知：", "\n", "abc ", "。"]),
    st.sampled_from(["", "。", "\n", " xyz", "，请核实"]),
)
def test_no_separator_or_invisible_character_hides_a_block_word(written, before, after):
    text = before + written + after
    found = [one for one in screen(text).findings if one.level == "block"]
    assert [(one.start, one.end) for one in found] == [(len(before), len(before) + len(written))]


@given(st.text(st.sampled_from(INVISIBLE), max_size=4), st.booleans())
def test_full_width_letters_hide_nothing(gap, widened):
    written = gap.join("demobanned")
    text = f"（{wide(written) if widened else written}）"
    assert [one.level for one in screen(text).findings] == ["block"]


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("测试词甲199<>&号月\ud800")))
def test_any_text_is_read_and_findings_lie_inside_it(text):
    for html in (False, True):
        verdict = screen(text, html=html)
        for one in verdict.findings:
            assert 0 <= one.start < one.end <= len(text)
            assert all(one.start <= start < end <= one.end for start, end in one.hide)
            assert one.sentence()
        assert verdict.level in ("pass", "mask", "review", "block")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_text_is_folded_character_by_character(left, right):
    assert fold(left + right) == fold(left) + fold(right)
    assert fold(fold(left)) == fold(left)


@given(st.characters())
def test_folding_leaves_only_letters_digits_and_breaks(character):
    folded = fold_character(character)
    if character in HARD_BREAKS:
        assert folded == "\n"
    elif is_invisible(character):
        assert folded == ""
    else:
        assert all(unicodedata.category(one)[0] in "LN" for one in folded)


@given(st.text(st.characters() | st.sampled_from("①㎏測ⅷ⑽\u200b，。ﷺ"), max_size=3000))
def test_every_folded_character_is_traced_to_its_own(text):
    view = View(text)
    for at in range(0, len(view.text), 7):
        start, end = view.span(at, at + 1)
        assert end == start + 1 and view.text[at] in fold(text[start])


def test_tracing_works_across_long_texts():
    text = "公 开，" * 5000 + "测 试 词" + "。公开" * 5000
    found = screen(text).findings
    assert [(one.start, one.end) for one in found] == [(20000, 20005)]


@st.composite
def number(draw):
    """A personal number in some spelling, with whatever stands around it."""
    kind = draw(st.sampled_from(["id", "mobile", "card", "landline"]))
    digits = {
        "id": "11010519491231002X",
        "mobile": "1990000" + draw(st.from_regex(r"[0-9]{4}", fullmatch=True)),
        "card": draw(st.from_regex(r"62[0-9]{13,16}", fullmatch=True)),
        "landline": "0558" + draw(st.from_regex(r"[0-9]{7}", fullmatch=True)),
    }[kind]
    if kind == "card":
        digits = next(digits + str(last) for last in range(10) if luhn_ok(digits + str(last)))
    spelled = wide(digits) if draw(st.booleans()) else digits
    gap = draw(st.sampled_from(["", "\u200b", "\ufeff"]))
    return gap.join(spelled)


@given(
    st.lists(
        st.tuples(number(), st.sampled_from(["，", "。\n", " 转 ", "、姓名：张三，", "；<b>"])), min_size=1, max_size=5
    )
)
def test_a_mask_leaves_no_full_number(parts):
    text = "电话" + "".join(written + after for written, after in parts)
    verdict = screen(text, purpose="citizen")
    assert len([one for one in verdict.findings if one.rule != "privacy.name"]) == len(parts)
    masked = mask(text, verdict)
    assert [one for one in screen(masked, purpose="citizen").findings if one.rule != "privacy.name"] == []
    assert len(masked) == len(text)
    for written, _after in parts:
        plain = fold(written)
        assert plain not in fold(masked)
