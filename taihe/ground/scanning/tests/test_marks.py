"""Secret marks are incidents: found in names and first texts, told by digest alone."""

from __future__ import annotations

import hashlib

import pytest

from taihe.ground.scanning import ScanReport, SecretMarkFound, require_clean

from . import ole, samples
from .conftest import Look

MARK = "机密" + "★1年"


def assert_told_by_digest_alone(report: ScanReport, data: bytes) -> None:
    assert report.secret_mark_found
    assert report.verdict == "refused"
    assert [(one.code, one.member, one.evidence) for one in report.findings] == [("secret-mark", "", "")]
    assert report.sha256 == hashlib.sha256(data).hexdigest()
    with pytest.raises(SecretMarkFound) as told:
        require_clean(report)
    assert "非涉密系统" in told.value.sentence()
    for text in (repr(report), told.value.sentence()):
        assert MARK not in text
        assert "演练方案" not in text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("演练方案.docx", samples.docx(MARK, "演练方案")),
        ("演练方案.docx", samples.docx("000001", "机　密 ★ 长期", "演练方案")),
        ("演练方案.ofd", samples.ofd(*MARK, "演练方案")),
        ("演练方案.odt", samples.odt(MARK)),
        ("演练方案.doc", ole.doc(f"000001\r{MARK}\r演练方案")),
        ("演练方案.txt", f"{MARK}\n演练方案".encode()),
        ("演练方案.txt", f"{MARK}\n演练方案".encode("gbk")),
        ("演练方案.txt", f"{MARK}\n演练方案".encode("utf-16")),
        ("演练方案.txt", "绝密\n演练方案".encode()),
        ("演练方案.txt", "000012\n秘密 10年\n演练方案".encode()),
        ("演练方案.txt", "秘密*3年\n演练方案".encode()),
        (f"{MARK}演练方案.txt", b"text"),
        ("【秘密】演练方案.png", samples.PNG),
        (f"演练方案.{MARK}", b"text"),
        ("材料.zip", samples.zipped({"内.zip": samples.zipped({"演练方案.txt": MARK})})),
        ("材料.zip", samples.raw_zip(f"演练方案（{'绝' + '密'}）.txt".encode("gbk"), b"text")),
        ("材料.zip", samples.raw_zip(f"演练方案{MARK}.txt".encode(), b"text", flags=1)),
    ],
)
def test_marks_are_found(look: Look, name: str, data: bytes) -> None:
    assert_told_by_digest_alone(look(name, data), data)


def test_a_mark_in_a_table(look: Look) -> None:
    sheet = samples.CONTENT_TYPES.format(part="/xl/a", main="openxmlformats-officedocument.spreadsheetml.sheet")
    data = samples.zipped({"[Content_Types].xml": sheet, "xl/sharedStrings.xml": f"<sst><si><t>{MARK}</t></si></sst>"})
    assert_told_by_digest_alone(look("演练方案.xlsx", data), data)


@pytest.mark.parametrize(
    "text",
    [
        "本系统严禁存储、处理、传输国家秘密。",
        "做好机密文件的销毁工作。",
        "**秘密**是 Markdown 的粗体。",
        "★重要★ 秘密工作条例解读",
        "好" * 4000 + MARK,
    ],
)
def test_talk_about_secrets_is_no_mark(look: Look, text: str) -> None:
    report = look("说明.txt", text.encode())
    assert (report.verdict, report.secret_mark_found) == ("clean", False)


def test_other_reasons_do_not_swallow_the_incident(look: Look) -> None:
    data = samples.zipped({"演练方案.exe": samples.windows_program(), "说明.txt": MARK})
    assert_told_by_digest_alone(look("材料.zip", data), data)
