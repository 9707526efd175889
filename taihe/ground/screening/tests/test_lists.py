"""Word lists are used only as their manifest describes them."""

from __future__ import annotations

import os
import shutil

import pytest

from taihe.ground.errors import BadSetup
from taihe.ground.screening import load_lists, rebuild_manifest, screen, words_folder


@pytest.fixture
def words(tmp_path, monkeypatch):
    """A county folder of our own to change."""
    shutil.copytree(words_folder().parent / "rules", tmp_path / "rules")
    shutil.copytree(words_folder(), tmp_path / "words")
    monkeypatch.setenv("TAIHE_COUNTY_DIR", str(tmp_path))
    return tmp_path / "words"


def later(words) -> None:
    """Date the manifest after the last reading, as a change made by a person is."""
    os.utime(words / "manifest.json", (2_000_000_000, 2_000_000_000))


def refusal() -> str:
    with pytest.raises(BadSetup) as refused:
        screen("通知")
    return refused.value.sentence()


def test_the_county_s_own_manifest_holds():
    lists, version = load_lists()
    assert {one.klass for one in lists} >= {"harmful", "serious", "secret", "advert", "wording", "allow", "label"}
    assert screen("通知").words_version == version


def test_changed_list_stops_the_start_by_name(words):
    with (words / "demo-harmful.yaml").open("a", encoding="utf-8") as file:
        file.write("  - 添加的词\n")
    assert "demo-harmful.yaml" in refusal()


def test_removed_list_is_named(words):
    (words / "marks.yaml").unlink()
    assert "marks.yaml" in refusal()


def test_added_list_is_named(words):
    shutil.copy(words / "terms.yaml", words / "extra.yaml")
    assert "extra.yaml" in refusal()


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]"])
def test_manifest_missing_or_broken(words, content):
    (words / "manifest.json").unlink()
    if content is not None:
        (words / "manifest.json").write_bytes(content)
    assert "manifest.json" in refusal()


def test_rebuilt_manifest_puts_a_change_in_force_without_a_restart(words):
    assert screen("新的测试用语").level == "pass"
    with (words / "demo-harmful.yaml").open("a", encoding="utf-8") as file:
        file.write("  - 新的测试用语\n")
    rebuild_manifest(words)
    later(words)
    assert screen("新的测试用语").level == "block"


@pytest.mark.parametrize(
    "content",
    [
        "id: x",
        "id: x\ntitle: 甲\nclass: other\nwords: [测试]",
        "id: x\ntitle: 甲\nclass: harmful\nwords: [一]",
        "id: x\ntitle: 甲\nclass: harmful\nwords: ['，。']",
        "id: x\ntitle: 甲\nclass: harmful\nwords: [{word: 测试, level: block}]",
        "id: x\ntitle: 甲\nclass: harmful\nwords: [{suggest: 测试}]",
        "id: x\ntitle: 甲\nclass: harmful\nwords: [{word: 测试, after: '['}]",
        "id: x\ntitle: 甲\nclass: harmful\nwords: 7",
        "id: x\ntitle: 甲\nclass: label\nwords: [{word: 车牌, kind: plate}]",
        "- 测试",
        "a: [",
        "!!python/object/apply:os.getcwd []",
    ],
)
def test_malformed_list_is_refused_by_name(words, content):
    (words / "new.yaml").write_text(content, "utf-8")
    rebuild_manifest(words)
    later(words)
    assert "new.yaml" in refusal()


def test_two_lists_may_not_share_an_id(words):
    shutil.copy(words / "terms.yaml", words / "extra.yaml")
    rebuild_manifest(words)
    later(words)
    assert "同一个 id" in refusal()


def test_no_lists_at_all_still_finds_numbers(words):
    for file in words.glob("*.yaml"):
        file.unlink()
    rebuild_manifest(words)
    later(words)
    assert screen("测试词").level == "pass"
    assert screen("11010519491231002X").level == "block"
