"""What a file really is, told from its bytes: names and browsers' claims are only compared with it.

Containers are looked into first (an .ofd, .docx or .odt is a ZIP by its first bytes), then text is told
from binary, and only then are magic numbers asked, since two-letter magics also begin Chinese text files.
"""

from __future__ import annotations

import codecs
import re
import zipfile

import puremagic

from .examination import Content, Examination, Refusal
from .report import TrueType
from .zips import directory, readable_name, small_member

HEAD_BYTES = 40 * 1024
_TYPES_CAP = 256 * 1024

_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

# kind: (family, mime, label)
_KNOWN: dict[str, tuple[str, str, str]] = {
    "pdf": ("pdf", "application/pdf", " PDF 文件"),
    "ofd": ("ofd", "application/ofd", " OFD 版式文件"),
    "docx": ("document", f"{_OFFICE}.wordprocessingml.document", " Word 文档"),
    "xlsx": ("document", f"{_OFFICE}.spreadsheetml.sheet", " Excel 表格"),
    "pptx": ("document", f"{_OFFICE}.presentationml.presentation", " PowerPoint 演示文稿"),
    "docm": ("document", "application/vnd.ms-word.document.macroenabled.12", "带宏的 Word 文档"),
    "xlsm": ("document", "application/vnd.ms-excel.sheet.macroenabled.12", "带宏的 Excel 表格"),
    "pptm": ("document", "application/vnd.ms-powerpoint.presentation.macroenabled.12", "带宏的演示文稿"),
    "ooxml": ("document", "application/vnd.openxmlformats-package", "其他 Office 文件"),
    "doc": ("document", "application/msword", " Word 97-2003 文档"),
    "xls": ("document", "application/vnd.ms-excel", " Excel 97-2003 表格"),
    "ppt": ("document", "application/vnd.ms-powerpoint", " PowerPoint 97-2003 演示文稿"),
    "ole": ("document", "application/x-ole-storage", " OLE 复合文件"),
    "odt": ("document", f"{_ODF}.text", " ODF 文字文档"),
    "ods": ("document", f"{_ODF}.spreadsheet", " ODF 表格"),
    "odp": ("document", f"{_ODF}.presentation", " ODF 演示文稿"),
    "rtf": ("document", "application/rtf", " RTF 文档"),
    "zip": ("archive", "application/zip", " ZIP 压缩包"),
    "tar": ("archive", "application/x-tar", " TAR 归档包"),
    "gz": ("archive", "application/gzip", " GZIP 压缩包"),
    "br": ("archive", "application/x-brotli", " Brotli 压缩数据"),
    "rar": ("archive", "application/vnd.rar", " RAR 压缩包"),
    "7z": ("archive", "application/x-7z-compressed", " 7Z 压缩包"),
    "bz2": ("archive", "application/x-bzip2", " BZIP2 压缩包"),
    "xz": ("archive", "application/x-xz", " XZ 压缩包"),
    "cab": ("archive", "application/vnd.ms-cab-compressed", " CAB 压缩包"),
    "iso": ("archive", "application/x-iso9660-image", "光盘映像"),
    "png": ("image", "image/png", " PNG 图片"),
    "jpg": ("image", "image/jpeg", " JPEG 图片"),
    "gif": ("image", "image/gif", " GIF 图片"),
    "bmp": ("image", "image/bmp", " BMP 图片"),
    "tif": ("image", "image/tiff", " TIFF 图片"),
    "webp": ("image", "image/webp", " WebP 图片"),
    "heif": ("image", "image/heif", " HEIF 图片"),
    "svg": ("image", "image/svg+xml", " SVG 矢量图"),
    "mp3": ("audio", "audio/mpeg", " MP3 录音"),
    "wav": ("audio", "audio/wav", " WAV 录音"),
    "m4a": ("audio", "audio/mp4", " M4A 录音"),
    "mp4": ("video", "video/mp4", " MP4 视频"),
    "avi": ("video", "video/x-msvideo", " AVI 视频"),
    "html": ("text", "text/html", "网页"),
    "text": ("text", "text/plain", "纯文本"),
    "office-xml": ("document", "application/xml", " XML 格式的 Office 文档"),
    "executable": ("executable", "application/octet-stream", "可执行程序"),
    "shortcut": ("executable", "application/x-ms-shortcut", " Windows 快捷方式"),
    "script": ("executable", "text/x-script", "脚本程序"),
    "java": ("executable", "application/java-archive", " Java 程序包"),
    "empty": ("unknown", "application/x-empty", "空文件"),
    "unknown": ("unknown", "application/octet-stream", "未知类型"),
}

# puremagic's extension for a magic number -> kind
_MAGIC: dict[str, str] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jfif"), "jpg"),
    **dict.fromkeys((".tif", ".tiff"), "tif"),
    **dict.fromkeys((".mp3", ".mpga"), "mp3"),
    **dict.fromkeys((".exe", ".dll", ".class", ".appimage", ".com", ".sys", ".msi", ".dex", ".wasm"), "executable"),
    **dict.fromkeys((".bz2", ".bzip2", ".tar.bz2"), "bz2"),
    **{f".{kind}": kind for kind in ("png", "gif", "bmp", "webp", "heif", "wav", "m4a", "mp4", "avi")},
    **{f".{kind}": kind for kind in ("tar", "gz", "rar", "7z", "xz", "cab", "iso")},
    ".lnk": "shortcut",
}
_EXECUTABLE_HEADS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\0asm")
_MAIN_PARTS = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
    "ms-word.document.macroenabled.main+xml": "docm",
    "ms-excel.sheet.macroenabled.main+xml": "xlsm",
    "ms-powerpoint.presentation.macroenabled.main+xml": "pptm",
}
_HTML = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*+-->\s*)*+<(?:!doctype\s+html|html|head|body|script|iframe|meta)\b", re.I | re.S
)
_SVG = re.compile(r"<(?:\w+:)?svg\b", re.I)
OOXML_KINDS = frozenset({"docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "ooxml"})
ZIP_KINDS = OOXML_KINDS | {"zip", "ofd", "odt", "ods", "odp", "java"}
OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")


def true_type(kind: str) -> TrueType:
    """The family, mime type and label of a kind."""
    return TrueType(kind, *_KNOWN[kind])


def identify(examination: Examination, content: Content) -> str:
    """The content's kind.  An OLE file is "ole" here; its streams tell doc, xls or ppt later.

    Raises Refusal when it claims to be a ZIP but cannot be read as one.
    """
    head = content.head(HEAD_BYTES)
    if not head:
        return "empty"
    if head[:1024].lstrip(b"\xef\xbb\xbf\r\n\t \0").startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return _zip_kind(examination, content)
    if head.startswith(OLE_HEAD):
        return "ole"
    text = as_text(head, whole=len(head) == content.size)
    return _magic_kind(content, head) if text is None else _text_kind(text)


def as_text(head: bytes, *, whole: bool) -> str | None:
    """The text these bytes spell (UTF-8, UTF-16 with a mark, GB 18030), or None when they are binary."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(head)
    if head.translate(None, bytes(range(0x20, 0x100)) + b"\t\n\v\f\r\x1a\x1b"):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
        except UnicodeDecodeError:
            continue
    return None


def _text_kind(text: str) -> str:
    start = text[:4096].lstrip("\ufeff \t\r\n")
    if start.startswith("{\\rt"):
        return "rtf"
    if start.startswith("#!"):
        return "script"
    if "<?mso-application" in start or "schemas.microsoft.com/office/2006/xmlPackage" in start:
        return "office-xml"
    if _HTML.match(start) or "http://www.w3.org/1999/xhtml" in start:
        return "html"
    return "svg" if start.startswith("<") and _SVG.search(start) else "text"


def _magic_kind(content: Content, head: bytes) -> str:
    if head.startswith(_EXECUTABLE_HEADS):
        return "executable"
    content.file.seek(0)
    try:
        candidates = puremagic.magic_stream(content.file)
    except (puremagic.PureError, ValueError):
        return "unknown"
    kinds = (_MAGIC.get(one.extension.lower()) for one in candidates if one.byte_match)
    return next((kind for kind in kinds if kind), "unknown")


def _zip_kind(examination: Examination, content: Content) -> str:
    names = {readable_name(info).lower() for info in directory(examination, content)}
    if "ofd.xml" in names:
        return "ofd"
    if "[content_types].xml" in names:
        return _ooxml_kind(examination, content)
    if "mimetype" in names:
        claimed = small_member(examination, content, "mimetype", 200).decode("ascii", "replace").strip()
        return next((kind for kind in ("odt", "ods", "odp") if _KNOWN[kind][1] == claimed), "zip")
    return "java" if names & {"meta-inf/manifest.mf", "classes.dex"} else "zip"


def _ooxml_kind(examination: Examination, content: Content) -> str:
    """By the content type of the main part; a macro-enabled type counts wherever it is declared."""
    types = small_member(examination, content, "[Content_Types].xml", _TYPES_CAP).lower().decode("utf-8", "replace")
    kinds = {kind for mark, kind in _MAIN_PARTS.items() if mark in types}
    return next((kind for kind in ("docm", "xlsm", "pptm", "docx", "xlsx", "pptx") if kind in kinds), "ooxml")


def also_zip(examination: Examination, content: Content) -> bool:
    """Whether a file of another kind can be opened as a ZIP too (a picture with an archive behind it)."""
    content.file.seek(0)
    if not zipfile.is_zipfile(content.file):
        return False
    try:
        return bool(directory(examination, content))
    except Refusal:
        return False


def declared_conflicts(declared: str, true: TrueType) -> bool:
    """Whether the browser's claim contradicts the bytes; vague or home-made application types never do."""
    claim = declared.split(";")[0].strip().lower()
    group = claim.split("/")[0]
    if claim == "application/pdf":
        return true.kind != "pdf"
    if group == "video" and true.family == "audio":
        return False
    return group in ("image", "audio", "video") and group != true.family
