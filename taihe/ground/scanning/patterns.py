"""The county's YARA rules, run by YARA-X over every unpacked member.

Rules see two variables: `family` and `kind` of the content (``vba`` for macro source).  Each rule's
meta carries `code` (weighed like every finding) and `sentence` (what the person is told).
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import yara_x

from ..errors import BadSetup
from ..rules import rules_folder
from .examination import Content, Examination, Exhausted, Refusal

ENGINE = f"yara-x {version('yara-x')}"
_IN_MEMORY = 256 * 1024


@lru_cache(maxsize=4)
def compiled(folder: Path) -> yara_x.Rules:
    """All rules of a folder.  Raises BadSetup when there are none or one is faulty."""
    compiler = yara_x.Compiler(includes_enabled=False)
    compiler.define_global("family", "")
    compiler.define_global("kind", "")
    files = sorted(folder.glob("*.yar"))
    try:
        for file in files:
            compiler.add_source(file.read_text("utf-8"), origin=file.name)
        rules = compiler.build()
    except (yara_x.CompileError, OSError, UnicodeError) as fault:
        raise BadSetup(what=f"查毒规则有误：{fault}", fix="请修正 yara 目录中的规则文件后重启。") from fault
    for rule in rules:
        if not {"code", "sentence"} <= {key for key, _ in rule.metadata}:
            raise BadSetup(what=f"查毒规则“{rule.identifier}”缺少 code 或 sentence。", fix="请补全该规则的 meta。")
    if not files:
        raise BadSetup(what="没有找到查毒规则。", fix=f"请在 {folder.name} 目录中放入 .yar 规则文件。")
    return rules


def yara_folder() -> Path:
    """The county's folder of YARA rules."""
    return rules_folder().parent / "yara"


def match(examination: Examination, content: Content, *, family: str, kind: str) -> None:
    """Run the rules over a content and record what they find."""
    if not content.size:
        return
    if content.size <= _IN_MEMORY:
        _run(examination, content.head(_IN_MEMORY), content.member, family, kind)
    else:
        _run(examination, f"/proc/self/fd/{content.file.fileno()}", content.member, family, kind)


def match_source(examination: Examination, source: str, member: str) -> None:
    """Run the rules over macro source code."""
    if source:
        _run(examination, source.encode(), member, "vba", "vba")


def _run(examination: Examination, target: bytes | str, member: str, family: str, kind: str) -> None:
    scanner = yara_x.Scanner(compiled(yara_folder()))
    scanner.set_global("family", family)
    scanner.set_global("kind", kind)
    scanner.max_matches_per_pattern(1)
    scanner.set_timeout(math.ceil(examination.seconds_left))
    try:
        results = scanner.scan_file(target) if isinstance(target, str) else scanner.scan(target)
    except yara_x.TimeoutError as late:
        raise Exhausted("timeout", limit=examination.limits.seconds) from late
    except yara_x.ScanError as fault:
        raise Refusal("check-failed", "yara-x") from fault
    except BaseException as panic:
        # a panic inside the Rust library arrives outside the Exception tree
        if type(panic).__name__ != "PanicException":
            raise
        raise Refusal("check-failed", "yara-x") from panic
    examination.engines.add(ENGINE)
    for rule in results.matching_rules:
        meta = dict(rule.metadata)
        examination.record(meta["code"], member, f"规则 {rule.identifier}", meta["sentence"])
