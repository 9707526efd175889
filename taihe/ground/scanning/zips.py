"""ZIP, the body of .docx, .xlsx, .ofd and of most bombs: a strict reading, stricter than any office program's.

The central directory and what really lies in the file must agree, nothing may overlap or hide between
members, and only plain deflate is unpacked.  (zipfile's own bzip2 and lzma readers expand a chunk
without any bound, so those methods are refused.)
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from . import marks
from .examination import CHUNK, Content, Examination, Part, Refusal, chunks_of, guarded
from .limits import MB

DIRECTORY_BYTES_PER_MEMBER = 400
TOLERATED_GAP_PER_MEMBER = 64  # data descriptors (16-24 bytes) and alignment padding lie between members
TOLERATED_GAP = 4096
ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000
UTF8_FLAG = 0x0800


@dataclass(frozen=True)
class Member:
    """One entry of the directory, already compared with its local header."""

    name: str
    start: int
    info: zipfile.ZipInfo

    @property
    def packed(self) -> int:
        """Bytes it takes in the archive."""
        return self.info.compress_size

    @property
    def encrypted(self) -> bool:
        """Whether its bytes are under a password."""
        return bool(self.info.flag_bits & ENCRYPTED_FLAGS)


def directory(examination: Examination, content: Content) -> list[zipfile.ZipInfo]:
    """The central directory, bounded.  Raises Refusal when it is damaged or larger than the members allowed."""
    cap = max(MB, examination.limits.members * DIRECTORY_BYTES_PER_MEMBER)
    try:
        with zipfile.ZipFile(guarded(examination, content, cap)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError, ValueError, struct.error, OSError) as damage:
        raise Refusal("archive-corrupt", type(damage).__name__) from damage


def readable_name(info: zipfile.ZipInfo) -> str:
    """The member's name as the sender typed it: UTF-8 by flag, else UTF-8 or GB 18030 by its bytes.

    Windows' own compressor in Chinese writes GBK without any mark; macOS writes UTF-8 without the flag.
    """
    if info.flag_bits & UTF8_FLAG:
        return info.orig_filename
    return decoded(info.orig_filename.encode("cp437")) or info.orig_filename


def decoded(raw: bytes) -> str | None:
    """A name in UTF-8 or GB 18030, or None when it is neither.

    Short GBK words can be valid UTF-8 of two-byte letters (Greek, Cyrillic); Chinese in UTF-8 takes three.
    """
    readings = []
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            readings.append(raw.decode(encoding))
    if len(readings) == 2 and not raw.isascii() and max(readings[0]) < "\u0800":
        return readings[1]
    return readings[0] if readings else None


def name_is_unsafe(name: str) -> bool:
    """Whether a member's name leads out of the folder it is unpacked into, or holds control characters."""
    steps = name.replace("\\", "/").split("/")
    drive = len(steps[0]) > 1 and steps[0][1] == ":"
    return name.startswith(("/", "\\")) or drive or ".." in steps or any(ord(sign) < 32 for sign in name)


def members(examination: Examination, content: Content) -> list[Member]:
    """All members, after the structure is checked; names that are unsafe or doubled become findings.

    Raises Refusal when directory and file disagree or members overlap, Exhausted when there are too many.
    """
    infos = directory(examination, content)
    examination.count_members(len(infos))
    found = [_located(content, info) for info in infos]
    _check_extents(examination, content, found)
    examination.expect_bytes(sum(info.file_size for info in infos))
    seen: set[str] = set()
    for member in found:
        _check_entry(examination, content, member, seen)
    return found


def _located(content: Content, info: zipfile.ZipInfo) -> Member:
    """Compare the local header with the directory: programs differ in which of the two they trust."""
    name = readable_name(info)
    if not 0 <= info.header_offset <= content.size:
        raise Refusal("archive-corrupt", "成员头在文件之外")
    content.file.seek(info.header_offset)
    header = content.file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\3\4"):
        raise Refusal("archive-inconsistent", "成员头不存在")
    flags, method = struct.unpack_from("<HH", header, 6)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    local_name = content.file.read(name_length)
    written = info.orig_filename.encode("utf-8" if info.flag_bits & UTF8_FLAG else "cp437")
    # for a plain ASCII name the UTF-8 flag means nothing, and some writers set it in one place only
    compared = ENCRYPTED_FLAGS if name.isascii() else ENCRYPTED_FLAGS | UTF8_FLAG
    same_flags = (flags ^ info.flag_bits) & compared == 0
    if local_name != written or method != info.compress_type or not same_flags:
        raise Refusal("archive-inconsistent", "成员头与目录不符")
    return Member(name, info.header_offset + 30 + name_length + extra_length, info)


def _check_extents(examination: Examination, content: Content, found: list[Member]) -> None:
    """Members must lie one after another: overlap is a bomb, a wide gap is hidden data."""
    end = gap = 0
    for member in sorted(found, key=lambda one: one.info.header_offset):
        if member.info.header_offset < end:
            raise Refusal("archive-overlap")
        gap += member.info.header_offset - end
        end = member.start + member.packed
    if end > content.size:
        raise Refusal("archive-corrupt", "成员超出文件末尾")
    if gap > TOLERATED_GAP + TOLERATED_GAP_PER_MEMBER * len(found):
        examination.add("archive-hidden-data", content.member, f"{gap} 字节")


def _check_entry(examination: Examination, content: Content, member: Member, seen: set[str]) -> None:
    path = content.path_of(member.name)
    marks.look_at_name(examination, member.name, path)
    if name_is_unsafe(member.name) or "\0" in member.info.orig_filename:
        examination.add("member-path", path)
    if member.name.lower() in seen:
        examination.add("member-duplicate", path)
    seen.add(member.name.lower())
    mode = member.info.external_attr >> 16
    if stat.S_ISLNK(mode):
        examination.add("member-link", path)
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        examination.add("member-special", path)


def parts(examination: Examination, content: Content) -> Iterator[Part]:
    """The members worth unpacking; those under a password or an unknown method become findings."""
    for member in members(examination, content):
        path = content.path_of(member.name)
        if member.encrypted:
            examination.add("archive-encrypted", path)
        elif member.info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            examination.add("compression-unsupported", path, method=member.info.compress_type)
        elif not (member.info.is_dir() and member.packed == member.info.file_size == 0):
            yield Part(member.name, member.packed, unpacked(content, member))


def unpacked(content: Content, member: Member) -> Iterator[bytes]:
    """The member's bytes.  Raises Refusal when length, end mark or checksum differ from the directory."""
    packed = chunks_of(content, member.start, member.packed)
    stored = member.info.compress_type == zipfile.ZIP_STORED
    checksum = size = 0
    for chunk in packed if stored else inflated(packed):
        checksum = zlib.crc32(chunk, checksum)
        size += len(chunk)
        yield chunk
    if size != member.info.file_size or checksum != member.info.CRC:
        raise Refusal("archive-inconsistent", "长度或校验和与目录不符")


def inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Raw deflate in bounded steps.  Raises Refusal on damage, or when bytes follow the stream's end."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting = b""
    while not stream.eof:
        waiting = waiting or next(packed, b"")
        try:
            chunk = stream.decompress(waiting, CHUNK)
        except zlib.error as damage:
            raise Refusal("archive-corrupt", "压缩数据损坏") from damage
        if not chunk and not waiting:
            raise Refusal("archive-corrupt", "压缩数据不完整")
        waiting = stream.unconsumed_tail
        yield chunk
    if stream.unused_data or waiting or next(packed, b""):
        raise Refusal("archive-inconsistent", "压缩数据之后另有内容")


def small_member(examination: Examination, content: Content, name: str, cap: int) -> bytes:
    """The first `cap` bytes of the named member (case ignored), for telling types; b"" when absent."""
    for info in directory(examination, content):
        if readable_name(info).lower() != name.lower() or info.flag_bits & ENCRYPTED_FLAGS:
            continue
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return b""
        held = b""
        for chunk in unpacked(content, _located(content, info)):
            held += chunk
            if len(held) >= cap:
                break
        return held[:cap]
    return b""
