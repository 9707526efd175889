"""The operator's word lists, checked against their manifest before a single word of them is used.

Each file of ``config/<county>/words/*.yaml`` is one list::

    id: demo-harmful
    title: 演示禁词
    class: harmful            # serious harmful secret advert wording, or allow, label
    sites: []                 # empty = every site of the county
    strict: false             # true: only as written, never through separators, pinyin, split characters
    words:
      - 测试禁词甲
      - {word: 法人代表, suggest: 法定代表人}
      - {word: 机密, after: '[★☆]'}       # only where this follows; `before` likewise: what stands before

`allow` lists hold names and words inside which a hit is none; `label` lists hold the words after which
personal data stand (姓名：).  ``manifest.json`` carries the SHA-256 of every file: a list that somebody
changed without rebuilding the manifest stops the start.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .. import rules
from ..errors import BadSetup
from .fold import fold
from .people import TITLES
from .verdict import CLASSES

MANIFEST = "manifest.json"
WORD_CLASSES = (*(name for name in CLASSES if name not in ("privacy", "disguise")), "allow", "label")
_REBUILD = "核对改动后，请运行 taihe.ground.screening.rebuild_manifest 重建清单。"
_SHORTEST_WORD = 2
_FIELDS = frozenset(("word", "suggest", "before", "after", "kind"))


@dataclass(frozen=True)
class Entry:
    """One word of a list, as written and as folded."""

    word: str
    folded: str
    suggest: str = ""
    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    kind: str = ""


@dataclass(frozen=True)
class WordList:
    """One file of words."""

    id: str
    title: str
    klass: str
    sites: frozenset[str] = frozenset()
    strict: bool = False
    entries: tuple[Entry, ...] = field(default=(), repr=False)

    def serves(self, site: str | None) -> bool:
        """Whether the list is in force on a site; without a site only the county's general lists are."""
        return not self.sites or site in self.sites


def words_folder() -> Path:
    """Folder of the county's word lists, beside its rules."""
    return rules.rules_folder().parent / "words"


def _refuse(file: Path, what: str) -> BadSetup:
    return BadSetup(what=f"词表文件 {file.name} {what}", fix="请按 words 目录说明改正该文件，并重建清单。")


def _condition(fields: dict[str, Any], name: str, file: Path) -> re.Pattern[str] | None:
    try:
        return re.compile(fields[name]) if name in fields else None
    except (re.error, TypeError) as broken:
        raise _refuse(file, f"中“{fields['word']}”的 {name} 不是正确的表达式。") from broken


def _entry(raw: Any, file: Path) -> Entry:
    fields = {"word": raw} if isinstance(raw, str) else raw
    if not isinstance(fields, dict) or not {"word"} <= set(fields) <= _FIELDS:
        raise _refuse(file, f"中的条目“{raw}”格式不对。")
    word = str(fields["word"])
    folded = fold(word)
    if len(folded) < _SHORTEST_WORD or "\n" in folded:
        raise _refuse(file, f"中的词“{word}”太短或带有句末标点。")
    return Entry(
        word,
        folded,
        suggest=str(fields.get("suggest", "")),
        before=_condition(fields, "before", file),
        after=_condition(fields, "after", file),
        kind=str(fields.get("kind", "")),
    )


def _word_list(file: Path, content: bytes) -> WordList:
    try:
        raw = yaml.load(content, Loader=yaml.CSafeLoader)
        klass, words, sites = raw["class"], raw["words"] or [], raw.get("sites") or []
        found = WordList(
            id=str(raw["id"]),
            title=str(raw["title"]),
            klass=klass,
            sites=frozenset(map(str, sites)),
            strict=bool(raw.get("strict", False)),
            entries=tuple(_entry(one, file) for one in words),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as broken:
        raise _refuse(file, "无法读取，或缺少 id、title、class、words。") from broken
    if klass not in WORD_CLASSES:
        raise _refuse(file, f"的 class“{klass}”不在 {'、'.join(WORD_CLASSES)} 之中。")
    if klass == "label" and not all(one.kind in TITLES for one in found.entries):
        raise _refuse(file, f"的条目须写明 kind，且只能是 {'、'.join(TITLES)}。")
    return found


def _digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.yaml"))}


def rebuild_manifest(folder: Path | None = None) -> Path:
    """Write the manifest anew after a checked change; returns its path.

    The caller answers for the check: two persons look at a list before it is in force.
    """
    target = (folder or words_folder()) / MANIFEST
    target.write_text(json.dumps(_digests(target.parent), indent=2, sort_keys=True) + "\n", "utf-8")
    return target


def _checked(folder: Path) -> dict[str, bytes]:
    """Contents of the list files; each read once, and exactly what the manifest says."""
    try:
        promised: dict[str, str] = dict(json.loads((folder / MANIFEST).read_bytes()).items())
    except (OSError, ValueError, AttributeError) as broken:
        raise BadSetup(what=f"词表目录的清单 {MANIFEST} 缺失或损坏。", fix=_REBUILD) from broken
    contents = {file.name: file.read_bytes() for file in sorted(folder.glob("*.yaml"))}
    for name in sorted(promised.keys() | contents.keys()):
        if name not in contents:
            raise BadSetup(what=f"清单中的词表文件 {name} 不存在。", fix=_REBUILD)
        if promised.get(name) != hashlib.sha256(contents[name]).hexdigest():
            raise BadSetup(what=f"词表文件 {name} 与清单不符，可能被改动。", fix=_REBUILD)
    return contents


@lru_cache(maxsize=2)
def _load(folder: Path, stamp: int) -> tuple[tuple[WordList, ...], str]:
    contents = _checked(folder)
    lists = tuple(_word_list(folder / name, content) for name, content in contents.items())
    if len({one.id for one in lists}) < len(lists):
        raise BadSetup(what="两个词表文件用了同一个 id。", fix="请给每个词表一个不同的 id，并重建清单。")
    return lists, hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()[:12]


def load_lists() -> tuple[tuple[WordList, ...], str]:
    """All word lists and the version of their manifest; read again when the manifest changes.

    Raises BadSetup naming the file that is missing, unknown to the manifest, changed, or malformed.
    """
    folder = words_folder()
    try:
        stamp = (folder / MANIFEST).stat().st_mtime_ns
    except OSError as missing:
        raise BadSetup(what=f"词表目录的清单 {MANIFEST} 缺失或损坏。", fix=_REBUILD) from missing
    return _load(folder, stamp)
