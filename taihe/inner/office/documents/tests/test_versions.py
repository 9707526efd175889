"""Marks between versions: the old and the new text can both be read off them, and each mark has its author."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from ..versions import Draft, marks

LINES = st.lists(st.text("甲乙丙丁一二", min_size=1, max_size=8), max_size=8)


def drafts(*texts):
    return [Draft(number, f"第{number}人", tuple(lines)) for number, lines in enumerate(texts, 1)]


def read(found, without):
    """The text that the marks show, less one kind of them."""
    lines = ["".join(piece.text for piece in one.pieces if piece.how != without) for one in found if not one.skipped]
    return [line for line in lines if line]


def test_a_word_changed_in_a_sentence_is_marked_alone():
    [only] = marks(drafts(["各单位要于五月十日前报送方案。"], ["各单位要于六月十日前报送方案。"]))
    assert [(one.how, one.text, one.by) for one in only.pieces if one.how != "same"] == [
        ("removed", "五", "第2人"), ("added", "六", "第2人"),
    ]  # fmt: skip
    assert only.kind == "mixed"


def test_each_mark_keeps_its_own_author_through_the_versions():
    found = marks(
        drafts(
            ["一、提高认识。", "请认真贯彻执行。"],
            ["一、提高认识。", "二、落实责任。", "请认真贯彻执行。"],
            ["一、切实提高认识。", "二、落实责任。"],
        )
    )
    by = {piece.text: (piece.how, piece.by) for one in found for piece in one.pieces if piece.how != "same"}
    assert by["二、落实责任。"] == ("added", "第2人")
    assert by["切实"] == ("added", "第3人")
    assert by["请认真贯彻执行。"] == ("removed", "第3人")


def test_what_came_and_went_between_is_not_shown():
    found = marks(drafts(["甲。"], ["甲。", "临时的一段。"], ["甲。"]))
    assert [one.kind for one in found] in (["same"], ["skip"])


def test_unchanged_stretches_are_folded():
    same = [f"第{number}段。" for number in range(50)]
    found = marks(drafts(same, [*same, "新的一段。"]))
    assert found[0].skipped == 48 and found[-1].kind == "new"


@given(LINES, LINES, LINES)
def test_marks_lose_nothing(first, second, third):
    for chain in (drafts(first, third), drafts(first, second, third)):
        found = marks(chain, fold=False)
        assert read(found, "removed") == third
        assert read(found, "added") == first


def test_a_long_text_takes_less_than_a_second():
    chance = random.Random(1)
    words = "县乡镇村防汛抗旱安全生产责任落实物资储备值班值守预案演练通知要求"
    old = ["".join(chance.choices(words, k=400)) for _ in range(150)]
    new = [line[:100] + "新增" + line[140:] if chance.random() < 0.5 else line for line in old]
    started = time.perf_counter()
    found = marks(drafts(old, new))
    assert time.perf_counter() - started < 1
    assert sum(one.kind == "mixed" for one in found) > 50
