"""Files built on the spot, so that no sample with foreign content lies in the repository."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="{part}" ContentType="application/vnd.{main}.main+xml"/></Types>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

PNG = (
    b"\x89PNG\r\n\x1a\n"
    + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    + b"\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)


def eicar() -> bytes:
    """The harmless antivirus test string, put together only in memory."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE!$H+H*"


def windows_program() -> bytes:
    """The smallest bytes that begin like a Windows program."""
    return b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + b"\0" * 200


def zipped(members: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    """A plain ZIP."""
    buffer = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def raw_zip(raw_name: bytes, data: bytes, *, flags: int = 0, declared: int | None = None, mode: int = 0) -> bytes:
    """A ZIP of one stored member, written byte by byte: any name bytes, any flag, any declared size."""
    size = len(data) if declared is None else declared
    common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 33, zlib.crc32(data), len(data), size, len(raw_name), 0)
    local = b"PK\3\4" + common + raw_name + data
    central = b"PK\1\2" + struct.pack("<H", 0x0314) + common + struct.pack("<HHHII", 0, 0, 0, mode << 16, 0) + raw_name
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def docx(
    *paragraphs: str,
    main: str = "openxmlformats-officedocument.wordprocessingml.document",
    relationships: str = "",
    extra: Mapping[str, bytes | str] | None = None,
    body: str = "",
) -> bytes:
    """A Word document with these paragraphs, relationships and further parts."""
    runs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES.format(part="/word/document.xml", main=main),
            "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{runs}{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": (f'<Relationships xmlns="{RELATIONSHIPS}">{relationships}</Relationships>'),
            **(extra or {}),
        }
    )


def relationship(kind: str, target: str, *, mode: str = "External") -> str:
    """One relationship of a part."""
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def ofd(*codes: str) -> bytes:
    """An OFD page whose text objects hold these characters."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = "".join(f"<ofd:TextObject><ofd:TextCode>{code}</ofd:TextCode></ofd:TextObject>" for code in codes)
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {space}/>",
            "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}><ofd:Content>{objects}</ofd:Content></ofd:Page>",
        }
    )


def odt(text: str, extra: Mapping[str, bytes | str] | None = None) -> bytes:
    """An ODF text document."""
    space = 'xmlns:office="urn:oasis:office" xmlns:text="urn:oasis:text"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document {space}><text:p>{text}</text:p></office:document>",
            **(extra or {}),
        },
        stored=True,
    )


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A plain tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def gzipped(data: bytes) -> bytes:
    """A plain gzip."""
    return gzip.compress(data, mtime=0)


def pdf(*objects: str, hidden: str = "", trailer: str = "") -> bytes:
    """A PDF of these objects; `hidden` goes into a compressed object stream."""
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1)).encode()
    if hidden:
        packed = zlib.compress(hidden.encode())
        body += b"90 0 obj\n<</Type /ObjStm /Filter /FlateDecode /Length %d>>\nstream\n" % len(packed)
        body += packed + b"\nendstream\nendobj\n"
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + body + f"trailer\n<</Root 1 0 R {trailer}>>\n%%EOF\n".encode()
