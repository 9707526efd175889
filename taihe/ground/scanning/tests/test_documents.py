"""Active content of Office, PDF and OFD files."""

from __future__ import annotations

import subprocess
import zlib
from dataclasses import replace

import pytest

from taihe.ground.scanning import Limits

from . import ole, samples
from .conftest import Look

HARMLESS = "Sub Sum()\r\nRange(1).Value = 2\r\nEnd Sub\r\n"
DROPPER = 'Sub AutoOpen()\r\nCreateObject("WScript.Shell").Run "cmd /c calc"\r\nEnd Sub\r\n'


def vba(source: str) -> bytes:
    return ole.ole(ole.vba_streams(source))


def test_macros_in_old_word_files(look: Look) -> None:
    report = look("表.doc", ole.doc("正文", HARMLESS))
    assert (report.verdict, report.codes) == ("suspicious", {"macro"})
    assert any(engine.startswith("oletools ") for engine in report.engines)
    report = look("表.doc", ole.doc("正文", DROPPER))
    assert (report.verdict, report.codes) == ("refused", {"macro", "macro-autorun"})


def test_the_countys_own_macro_rule_sees_the_decompressed_source(look: Look) -> None:
    # regsvr32 in a string is unknown to mraptor's list of verbs, and invisible to rules on raw bytes
    source = 'Sub Document_Open()\r\nx = "regsvr32 /s"\r\nEnd Sub\r\n'
    data = ole.doc("正文", source)
    assert b"regsvr32" not in data
    found = {finding.code: finding.evidence for finding in look("表.doc", data).findings}
    assert found == {"macro": "", "macro-autorun": "规则 macro_autorun_shell"}


@pytest.mark.parametrize(
    ("name", "main"),
    [
        ("表.docm", "ms-word.document.macroEnabled"),
        ("表.xlsm", "ms-excel.sheet.macroEnabled"),
        ("表.pptm", "ms-powerpoint.presentation.macroEnabled"),
    ],
)
def test_macros_in_new_files(look: Look, name: str, main: str) -> None:
    report = look(name, samples.docx("正文", main=main, extra={"word/vbaProject.bin": vba(DROPPER)}))
    assert report.true_type.kind == name.rsplit(".", 1)[1]
    assert report.codes == {"type-not-allowed", "macro", "macro-autorun"}


def test_a_docx_that_carries_a_vba_project_is_disguised(look: Look) -> None:
    report = look("表.docx", samples.docx("正文", extra={"word/vbaProject.bin": vba(HARMLESS)}))
    assert (report.verdict, report.codes) == ("refused", {"macro-disguised"})
    assert report.findings[0].member == "word/vbaProject.bin"
    renamed = samples.docx("正文", extra={"word/media/picture.png": vba(HARMLESS)})
    assert look("表.docx", renamed).codes == {"macro-disguised"}


def test_macro_sheets_and_odf_libraries(look: Look) -> None:
    assert look("表.docx", samples.docx(extra={"xl/macrosheets/sheet1.xml": "<a/>"})).codes == {"macro"}
    assert look("表.odt", samples.odt("正文", {"Basic/Standard/Module1.xml": "<a/>"})).codes == {"macro"}


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("attachedTemplate", "http://198.51.100.7/a.dotm", "external-template"),
        ("attachedTemplate", "\\\\198.51.100.7\\a.dotm", "external-template"),
        ("attachedTemplate", "file://198.51.100.7/a.dotm", "external-template"),
        ("attachedTemplate", "file:///\\\\198.51.100.7\\a.dotm", "external-template"),
        ("oleObject", "https://198.51.100.7/a.html!", "external-template"),
        ("frame", "HTTP://198.51.100.7/a", "external-template"),
        ("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm", "external-link"),
        ("attachedTemplate", "file:///Users/a/Normal.dotm", "external-link"),
        ("image", "file://198.51.100.7/a.png", "external-link"),
    ],
)
def test_outward_references(look: Look, kind: str, target: str, code: str) -> None:
    report = look("表.docx", samples.docx("正文", relationships=samples.relationship(kind, target)))
    assert report.codes == {code}
    assert target in report.findings[0].evidence


def test_links_for_reading_are_no_finding(look: Look) -> None:
    for reference in (
        samples.relationship("hyperlink", "https://example.invalid/"),
        samples.relationship("externalLinkPath", "file:///D:\\other.xlsx"),
        samples.relationship("image", "media/a.png", mode="Internal"),
    ):
        assert look("表.docx", samples.docx("正文", relationships=reference)).verdict == "clean"


def test_dde_fields_cut_into_runs(look: Look) -> None:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in (" DD", "EAU", "TO c:\\\\cmd.exe"))
    field = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}</w:p>'
    assert look("表.docx", samples.docx(body=field)).codes == {"dde-field"}
    simple = '<w:p><w:fldSimple w:instr=" DDE excel a b "/></w:p>'
    assert look("表.docx", samples.docx(body=simple)).codes == {"dde-field"}
    page = "<w:p><w:r><w:instrText> PAGE \\* DDE</w:instrText></w:r></w:p>"
    assert look("表.docx", samples.docx(body=page)).verdict == "clean"
    link = {"xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'}
    assert look("表.docx", samples.docx(extra=link)).codes == {"dde-field"}


def test_a_dtd_ends_the_reading(look: Look) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'
    assert look("表.docx", samples.docx(extra={"word/styles.xml": bomb})).codes == {"xml-entity"}
    assert look("表.docx", samples.docx(extra={"word/styles.xml": "<!DOCTYPE a><a/>"})).codes == {"xml-entity"}
    assert look("数据.xml", bomb.encode()).codes == {"xml-entity"}


def test_damaged_and_deep_xml(look: Look) -> None:
    assert look("表.docx", samples.docx(extra={"word/styles.xml": "<a><b></a>"})).codes == {"archive-corrupt"}
    assert look("表.docx", samples.docx(extra={"word/styles.xml": "<a>" * 2000})).codes == {"archive-corrupt"}


def test_packages_and_programs_in_documents(look: Look) -> None:
    def packed(name: str, data: bytes) -> bytes:
        native = b"\0\0\0\0\2\0" + name.encode("gbk") + b"\0C:\\a\0" + data
        return samples.docx("正文", extra={"word/embeddings/oleObject1.bin": ole.ole({"\x01Ole10Native": native})})

    report = look("表.docx", packed("附件.pdf", b"text"))
    assert (report.verdict, report.codes) == ("suspicious", {"embedded-package"})
    assert report.findings[0].evidence == "附件.pdf"
    assert look("表.docx", packed("清单.exe", b"text")).codes == {"embedded-executable"}
    assert look("表.docx", packed("清单.pdf", samples.windows_program())).codes == {"embedded-executable"}
    assert look("表.docx", samples.docx(extra={"word/media/a.png": samples.windows_program()})).codes == {"executable"}


def test_a_document_within_a_document_is_opened(look: Look) -> None:
    inner = samples.docx("表", relationships=samples.relationship("attachedTemplate", "http://198.51.100.7/a"))
    report = look("表.docx", samples.docx("正文", extra={"word/embeddings/a.docx": inner}))
    assert report.findings[0].member == "word/embeddings/a.docx/word/_rels/document.xml.rels"


def test_a_password_on_a_document(look: Look) -> None:
    report = look("表.docx", ole.ole({"EncryptedPackage": b"\0" * 5000, "EncryptionInfo": b"\0" * 200}))
    assert (report.verdict, report.codes) == ("refused", {"document-encrypted"})
    assert "去掉密码" in report.reasons


def test_many_embedded_objects_share_one_reader(look: Look) -> None:
    formula = ole.ole({"Equation Native": b"\x1c\0" * 100})
    parts = {f"word/embeddings/oleObject{number}.bin": formula for number in range(60)}
    report = look("试卷.docx", samples.docx("正文", extra=parts))
    assert report.verdict == "clean"
    assert report.seconds < 10


def test_a_damaged_ole_file_is_refused(look: Look) -> None:
    data = ole.doc("正文", HARMLESS)
    assert look("表.doc", data[:700]).verdict == "refused"
    assert look("表.doc", data[:8] + b"\xff" * 2000).codes == {"check-failed"}


def test_the_macro_reader_is_bounded(look: Look) -> None:
    data = ole.doc("正文", HARMLESS)
    limits = Limits.current()
    assert look("表.doc", data, limits=replace(limits, macro_seconds=0.001)).codes == {"check-failed"}
    wide = ole.ole({"Workbook": b"\0" * 5_000_000})
    assert look("表.xls", wide).verdict == "clean"
    assert look("表.xls", wide, limits=replace(limits, macro_memory_bytes=40_000_000)).codes == {"check-failed"}
    assert look("表.doc", data, limits=replace(limits, ole_bytes=1000)).codes == {"too-large"}


@pytest.mark.parametrize(
    ("source", "verdict", "codes"),
    [
        ("<</S /Launch /F (cmd.exe)>>", "refused", {"pdf-launch"}),
        ("<</S /L#61unch /F (cmd.exe)>>", "refused", {"pdf-launch"}),
        ("<</S /JavaScript /JS (1)>>", "suspicious", {"pdf-javascript"}),
        ("<</S /J#61v#61Script /JS (1)>>", "suspicious", {"pdf-javascript"}),
        ("<</OpenAction <</S /JavaScript /JS (1)>>>>", "refused", {"pdf-javascript", "pdf-autorun"}),
        ("<</Names <</EmbeddedFiles 5 0 R>>>>", "clean", {"pdf-embedded-file"}),
        ("<</Type /ObjStm /Filter /ASCII85Decode>>", "refused", {"pdf-hidden-objects"}),
        ("<</Title (Launch of JavaScript)>>", "clean", set()),
    ],
)
def test_active_pdf(look: Look, source: str, verdict: str, codes: set[str]) -> None:
    for data in (samples.pdf(source), samples.pdf("<</Type /Catalog>>", hidden=source)):
        report = look("表.pdf", data)
        assert (report.verdict, report.codes) == (verdict, codes)


def test_encrypted_and_late_pdf(look: Look) -> None:
    assert look("表.pdf", samples.pdf("<<>>", trailer="/Encrypt 9 0 R")).codes == {"document-encrypted"}
    assert look("表.pdf", b"\xef\xbb\xbf\r\n" + samples.pdf("<<>>")).verdict == "clean"


def test_a_file_inside_a_pdf_is_opened(look: Look) -> None:
    inner = samples.zipped({"样本.txt": samples.eicar()})
    packed = zlib.compress(inner)
    data = samples.pdf("<<>>") + b"7 0 obj\n<</Length 1>>\nstream\r\n" + packed + b"\nendstream\nendobj\n"
    report = look("表.pdf", data)
    assert report.codes == {"malware-test"}
    assert report.findings[0].member.endswith("/样本.txt")


def test_damaged_streams_in_a_pdf_show_what_they_hold(look: Look) -> None:
    data = samples.pdf("<<>>", hidden="<</S /Launch>>" + "A" * 5000)
    cut = data.index(b"endstream") - 5
    assert look("表.pdf", data[:cut]).codes == {"pdf-launch"}


def test_the_macro_reader_ends_with_the_scan(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr("taihe.ground.scanning.macros.subprocess.Popen", Recorded)
    look("表.doc", ole.doc("正文"))
    look("表.doc", ole.doc("正文"), limits=replace(Limits.current(), macro_seconds=0.001))
    assert [child.returncode is not None for child in started] == [True, True]
