"""The tables of look-alikes: one to one, without chains, and no split spelling that is the character itself."""

from __future__ import annotations

import pytest

from taihe.ground.screening.fold import fold, read_table
from taihe.ground.screening.pinyin import readings
from taihe.ground.screening.splits import split_spellings


@pytest.mark.parametrize(("name", "least"), [("radicals", 114), ("lookalikes", 80), ("traditional", 2500)])
def test_every_pair_leads_to_a_form_that_stays(name, least):
    items = read_table(name)
    assert len(items) >= least
    assert len({item[0] for item in items}) == len(items)
    for item in items:
        assert len(item) == 2
        assert fold(item[0]) == fold(item[1]) == item[1]


def test_traditional_forms_are_read_like_their_simplified_character():
    items = read_table("traditional")
    apart = [item for item in items if not set(readings(item[0])) & set(readings(item[1]))]
    assert len(apart) < 5, apart


def test_split_spellings_are_pieces_of_the_word():
    assert "测言式词" in split_spellings("测试词")
    assert "水则言式言司" in split_spellings("测试词")
    for item in read_table("splits"):
        assert len(fold(item[1:])) >= 2 and item[0] not in split_spellings(item[0])
