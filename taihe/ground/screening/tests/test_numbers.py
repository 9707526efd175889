"""Personal numbers: what counts as one, how sure, and that a mask leaves none.

The identity numbers are the published samples of the standard; telephones and cards are invented.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taihe.ground import clock
from taihe.ground.screening import id_card_fault, luhn_ok, mask, screen

SAMPLES = ("11010519491231002X", "440524188001010014")
MOBILE = "19900000000"  # 演示


def card(length: int = 19, prefix: str = "62000000") -> str:
    """An invented card number with its check digit."""
    body = prefix.ljust(length - 1, "0")
    return next(body + str(last) for last in range(10) if luhn_ok(body + str(last)))


def findings(text, **how):
    return [(one.rule.removeprefix("privacy."), one.level, one.doubtful) for one in screen(text, **how).findings]


def test_published_samples():
    assert [id_card_fault(one) for one in SAMPLES] == ["", ""]
    assert id_card_fault("11010519491231002x") == ""
    assert id_card_fault("110105194912310021") == "checksum"
    assert id_card_fault("990105194912310021") == "province"
    assert id_card_fault("110105194902300021") == "date"
    assert id_card_fault("11010519491231002") == "shape"
    assert luhn_ok("4111111111111111") and not luhn_ok("4111111111111112")


def test_day_of_birth_may_not_lie_ahead():
    unborn = "110105209912310010"
    with clock.fixed(datetime(2099, 12, 30, 20, 0, tzinfo=UTC)):
        assert id_card_fault(unborn) == ""  # already the 31st in the county
    with clock.fixed(datetime(2099, 12, 30, 15, 0, tzinfo=UTC)):
        assert id_card_fault(unborn) == "date"


@pytest.mark.parametrize("written", ["{}", "{}，", "证号:{}号", "１{}", "{}"])
def test_identity_number_blocks_a_page(written):
    text = written.format(SAMPLES[0]) if "１" not in written else "１" + SAMPLES[0][1:]
    assert findings(text) == [("id_card", "block", False)]
    assert findings(text, purpose="citizen") == [("id_card", "mask", False)]


@pytest.mark.parametrize(
    "written",
    [
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-1949-1231-002x",
        "110105\u200b19491231002X",
        "①10105194912310 02X",
    ],
)
def test_identity_number_in_disguise_is_still_certain(written):
    verdict = screen(f"号码{written}。")
    assert [(one.start, one.end, one.doubtful) for one in verdict.findings] == [(2, 2 + len(written), False)]


def test_doubtful_numbers_are_for_review():
    assert findings("110105194912310021") == [("id_card", "review", True)]  # wrong check digit
    assert findings("11O105194912310O2X") == [("id_card", "review", True)]  # letter O for zero
    assert findings("110105491231002") == [("id_card", "review", True)]  # 15 digits, first generation
    assert findings("一九九零零零零零零零零") == [("mobile", "review", True)]
    assert findings("1 9 9 0 0 0 0 0 0 0 0") == [("mobile", "review", True)]


@pytest.mark.parametrize(
    "text",
    [
        "991234567890123456",
        "110105194902310021",
        "2026年3月12日10时30分",
        "20260312103000",
        "1234567890123",
        "199000000001",
        "1.5 3.2 1.8 9.0 12.1",
        "太政〔2026〕5号，共120000000元",
    ],
)
def test_other_numbers_are_none(text):
    assert findings(text) == []


@pytest.mark.parametrize(
    "written",
    [
        MOBILE,
        "199 0000 0000",
        "199-0000-0000",
        "+86 19900000000",
        "008619900000000",
        "019900000000",
        "１９９ 0000 0000",
        "(199)00000000",
    ],
)
def test_mobile(written):
    assert findings(f"电话：{written}，") == [("mobile", "mask", False)]


@pytest.mark.parametrize("written", ["0558-0000000", "05580000000", "0558 0000000", "（0558）0000000", "010-20000000"])
def test_landline_of_an_office_is_looked_at_and_of_a_citizen_hidden(written):
    assert findings(f"电话{written}。") == [("landline", "review", False)]
    assert findings(f"电话{written}。", purpose="citizen") == [("landline", "mask", False)]


@pytest.mark.parametrize("length", [16, 17, 18, 19])
def test_bank_cards(length):
    number = card(length)
    grouped = " ".join(number[at : at + 4] for at in range(0, length, 4))
    assert findings(f"账号{number}。") == [("bank_card", "block", False)]
    assert findings(f"账号{grouped}。") == [("bank_card", "block", False)]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert findings(f"账号{wrong}。") == []


def test_card_of_an_unknown_issuer_is_doubtful():
    assert findings(card(16, prefix="7100")) == [("bank_card", "review", True)]


def test_groups_in_a_row_of_figures_are_doubtful_at_most():
    assert findings("199 0000 0000 1234 5678") == [("mobile", "review", True)]
    assert findings("199 0000 0000 199 0000 0001") == [("mobile", "review", True)] * 2
    assert findings("51 53 85 22 46 70 89 99 86 5077 8551 2704 8402 979 77") == []


def test_numbers_standing_together_are_all_found():
    text = f"{MOBILE},{SAMPLES[0]} 12 {MOBILE}；0558-0000000/{card()}"
    assert [kind for kind, _level, _doubt in findings(text)] == ["mobile", "id_card", "mobile", "landline", "bank_card"]


def test_mask_leaves_the_ends_and_all_other_text():
    text = f"姓名：张三，身份证{SAMPLES[0]}，手机199 0000 0000，座机0558-0000012，卡号{card(16)}。"
    masked = mask(text, screen(text, purpose="citizen"))
    assert (
        masked
        == "姓名：张*，身份证110*************2X，手机199 **** **00，座机0558-*****12，卡号"
        + "*" * 12
        + card(16)[-4:]
        + "。"
    )


def test_mask_hides_doubtful_numbers_too():
    text = "110105194912310021"
    assert mask(text, screen(text)) == "110*************21"


def test_evidence_never_shows_a_whole_number():
    for number in (*SAMPLES, MOBILE, card(), "0558-0000012"):
        assert all(number not in one.sentence() for one in screen(f"见{number}").findings)


def test_names_and_addresses_behind_their_labels():
    text = "我叫张三，申请人： 李四光\n家庭住址：太和县城关镇演示路1号"
    masked = mask(text, screen(text, purpose="citizen"))
    assert masked == "我叫张*，申请人： 李**\n家庭住址：太和县城关镇*****"
    assert [rule for rule, _level, _doubt in findings(text)] == ["address"]  # a published list may name people
    assert findings("姓名和住址应当如实填写", purpose="citizen") == []
