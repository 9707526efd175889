"""True types, the allow-list, and names that do not fit their bytes."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from taihe.ground.scanning import FileHeld, FileRefused, Limits, require_clean, scan

from . import ole, samples
from .conftest import Look

CLEAN = {
    "通知.pdf": (samples.pdf("<</Type /Catalog>>"), "pdf", "pdf", "application/pdf"),
    "版式.ofd": (samples.ofd("通知"), "ofd", "ofd", "application/ofd"),
    "通知.docx": (
        samples.docx("通知"),
        "docx",
        "document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "报表.xlsx": (
        samples.zipped(
            {
                "[Content_Types].xml": samples.CONTENT_TYPES.format(
                    part="/xl/workbook.xml", main="openxmlformats-officedocument.spreadsheetml.sheet"
                ),
                "xl/sharedStrings.xml": "<sst><si><t>某镇</t></si></sst>",
            }
        ),
        "xlsx",
        "document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "通知.odt": (samples.odt("通知"), "odt", "document", "application/vnd.oasis.opendocument.text"),
    "通知.doc": (ole.doc("通知"), "doc", "document", "application/msword"),
    "报表.et": (ole.ole({"Workbook": b"\x09\x08" + b"\0" * 5000}), "xls", "document", "application/vnd.ms-excel"),
    "照片.png": (samples.PNG, "png", "image", "image/png"),
    "照片.JPG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1" + b"\0" * 40, "jpg", "image", "image/jpeg"),
    "扫描.tif": (b"II*\0\x08\0\0\0" + b"\0" * 40, "tif", "image", "image/tiff"),
    "图.bmp": (b"BM" + struct.pack("<I", 100) + b"\0" * 50, "bmp", "image", "image/bmp"),
    "录像.mp4": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "mp4", "video", "video/mp4"),
    "说明.txt": ("关于进一步做好工作的通知。\n".encode(), "text", "text", "text/plain"),
    "国标.txt": ("关于进一步做好工作的通知。\n".encode("gb18030"), "text", "text", "text/plain"),
    "表.csv": ("\ufeff乡镇,数量\n城关,3\n".encode("utf-16"), "text", "text", "text/plain"),
    "BM.txt": ("BM 是两个字母，也是位图的开头。".encode(), "text", "text", "text/plain"),
    "材料.zip": (samples.zipped({"说明.txt": "好"}), "zip", "archive", "application/zip"),
    "数据.tgz": (samples.gzipped(samples.tarred({"a.csv": b"1,2"})), "gz", "archive", "application/gzip"),
}


@pytest.mark.parametrize("name", CLEAN)
def test_ordinary_files_are_clean_and_known(look: Look, name: str) -> None:
    data, kind, family, mime = CLEAN[name]
    report = look(name, data)
    assert (report.verdict, report.findings) == ("clean", ())
    assert (report.true_type.kind, report.true_type.family, report.true_type.mime) == (kind, family, mime)
    assert report.sha256 == hashlib.sha256(data).hexdigest()
    assert report.size == len(data)
    assert report.seconds >= 0
    assert any(engine.startswith("yara-x ") for engine in report.engines)
    assert require_clean(report) is report


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("照片.jpg", samples.PNG, "type-mismatch"),
        ("通知.pdf", samples.docx("通知"), "type-mismatch"),
        ("通知.docx", samples.zipped({"a.txt": "好"}), "type-mismatch"),
        ("通知.docx", samples.ofd("通知"), "type-mismatch"),
        ("工具.exe", samples.windows_program(), "executable"),
        ("照片.jpg", samples.windows_program(), "type-not-allowed"),
        ("脚本.js", b"var a = 1;", "extension-not-allowed"),
        ("没有扩展名", b"text", "extension-not-allowed"),
        ("网页.txt", b"<!DOCTYPE html><html></html>", "type-not-allowed"),
        ("网页.txt", b"<!-- a --><!-- b --><script>1</script>", "type-not-allowed"),
        ("图.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "type-not-allowed"),
        ("文.doc", b"{\\rtf1\\ansi}", "type-not-allowed"),
        ("文.xml", b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><a/>', "type-not-allowed"),
        ("程序.zip", samples.zipped({"META-INF/MANIFEST.MF": "x"}), "type-not-allowed"),
        ("宏.docm", samples.docx(main="ms-word.document.macroEnabled"), "type-not-allowed"),
        ("宏.docx", samples.docx(main="ms-word.document.macroEnabled"), "type-not-allowed"),
        ("快捷方式.lnk", bytes.fromhex("4c0000000114020000000000c000000000000046") + b"\0" * 60, "type-not-allowed"),
        ("空.txt", b"", "empty"),
        ("随便.txt", b"\x13\x37\x99\x00" * 30, "type-unknown"),
        ("图片\u202egpj.txt", b"text", "name-deceptive"),
        ("包.7z", b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 30, "archive-unscannable"),
        ("包.rar", b"Rar!\x1a\7\1\0" + b"\0" * 30, "archive-unscannable"),
        ("图.png", samples.PNG + samples.zipped({"a.txt": "好"}), "polyglot"),
    ],
)
def test_files_that_are_not_taken(look: Look, name: str, data: bytes, code: str) -> None:
    report = look(name, data)
    assert report.verdict == "refused"
    assert code in report.codes
    with pytest.raises(FileRefused) as refused:
        require_clean(report)
    assert report.sha256 in refused.value.sentence()


def test_a_mismatch_is_told_in_a_sentence(look: Look) -> None:
    report = look("照片.jpg", samples.PNG)
    assert report.reasons == "文件扩展名是“jpg”，真实类型却是 PNG 图片，两者不符。"


def test_the_browsers_claim_counts_only_where_it_is_definite(look: Look) -> None:
    assert look("照片.png", samples.PNG, declared_type="image/png").verdict == "clean"
    assert look("表.csv", b"1,2", declared_type="application/vnd.ms-excel").verdict == "clean"
    assert look("表.csv", b"1,2", declared_type="application/octet-stream").verdict == "clean"
    assert look("照片.png", samples.PNG, declared_type="application/pdf").codes == {"declared-mismatch"}
    assert look("说明.txt", b"text", declared_type="image/png").codes == {"declared-mismatch"}


def test_a_caller_narrows_what_it_takes(look: Look) -> None:
    pictures = replace(Limits.current(), allowed_kinds={"png": ("png",)})
    assert look("照片.png", samples.PNG, limits=pictures).verdict == "clean"
    assert look("通知.docx", samples.docx("通知"), limits=pictures).codes == {"type-not-allowed"}


def test_size_limit_and_unreadable_files(look: Look, tmp_path: Path) -> None:
    small = replace(Limits.current(), file_bytes=10)
    report = look("说明.txt", b"12345678901", limits=small)
    assert (report.verdict, report.codes, report.size) == ("refused", {"too-large"}, 11)
    assert look("说明.txt", b"1234567890", limits=small).verdict == "clean"
    assert scan(tmp_path / "nowhere", filename="a.txt").codes == {"unreadable"}
    assert scan(tmp_path, filename="a.txt").codes == {"unreadable"}


def test_a_scan_that_takes_too_long_is_refused(look: Look) -> None:
    for name, (data, *_) in CLEAN.items():
        report = look(name, data, limits=replace(Limits.current(), seconds=0))
        assert (report.verdict, report.codes) == ("refused", {"timeout"}), name


def test_a_suspicious_file_is_held_for_a_person(look: Look) -> None:
    report = look("表.pdf", samples.pdf("<</S /JavaScript /JS (1)>>"))
    assert report.verdict == "suspicious"
    with pytest.raises(FileHeld):
        require_clean(report)


def test_an_unforeseen_error_refuses_the_file(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("机密的内容")

    monkeypatch.setattr("taihe.ground.scanning.service.patterns.match", broken)
    report = look("说明.txt", b"text")
    assert (report.verdict, report.codes) == ("refused", {"check-failed"})
    assert report.findings[0].evidence == "ZeroDivisionError"
