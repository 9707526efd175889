"""Masks: enough to recognise one's own value, too little to learn it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.vault.kinds import KINDS


@pytest.mark.parametrize(
    "kind, value, shown",
    [
        ("id_card", "341222199001011234", "341*************34"),
        ("phone", "19900000001", "199******01"),
        ("phone", "0000001", "*******"),
        ("name", "演示甲", "演**"),
        ("name", "演", "演*"),
        ("email", "demo@example.invalid", "d***@example.invalid"),
        ("email", "broken", "******"),
        ("bank_card", "0000000000001234", "************1234"),
        ("address", "演示省演示市演示路1号演示楼", "演示省演示市********"),
        ("text", "任意内容", "●●●●"),
    ],
)
def test_masks(kind, value, shown):
    assert KINDS[kind].mask(value) == shown


@given(st.sampled_from(["id_card", "phone", "bank_card", "address"]), st.text("0123456789", min_size=1, max_size=30))
def test_a_mask_hides_at_least_a_third(kind, value):
    shown = KINDS[kind].mask(value)
    assert len(shown) == len(value)
    assert shown.count("*") * 3 >= len(value)


@given(
    kind=st.sampled_from(["id_card", "phone", "bank_card"]),
    value=st.text("0123456789X", min_size=1, max_size=20),
    gap=st.sampled_from([" ", "-", "\u3000", "－", "·"]),
)
def test_gaps_and_full_width_digits_do_not_matter(kind, value, gap):
    spell = KINDS[kind].spell
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in value)
    assert spell(gap.join(value)) == spell(wide) == spell(value)


def test_different_values_stay_different():
    for kind in KINDS.values():
        assert kind.spell("19900000001") != kind.spell("19900000002")
