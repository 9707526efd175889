"""ZIP, tar and gzip: names, links, passwords, bombs, and archives that lie about themselves."""

from __future__ import annotations

import io
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from dataclasses import replace

import pytest

from taihe.ground.scanning import Limits

from . import samples
from .conftest import Look

REGULAR, LINK, DEVICE = 0o100644, 0o120777, 0o020644


def members_told(look: Look, data: bytes, name: str = "材料.zip") -> set[str]:
    return {finding.member for finding in look(name, data).findings}


@pytest.mark.parametrize(
    ("encoding", "flags"), [("gbk", 0), ("utf-8", 0), ("utf-8", 0x0800)], ids=["windows", "macos", "flagged"]
)
def test_chinese_names_are_readable(look: Look, encoding: str, flags: int) -> None:
    data = samples.raw_zip("关于太和县的请示/附件.exe".encode(encoding), b"text", flags=flags)
    assert members_told(look, data) == {"关于太和县的请示/附件.exe"}


@pytest.mark.parametrize("name", ["../外面.txt", "/etc/a.txt", "C:\\a.txt", "a\\..\\..\\b.txt", "a\tb.txt"])
def test_names_that_lead_outside(look: Look, name: str) -> None:
    assert "member-path" in look("材料.zip", samples.raw_zip(name.encode("gbk"), b"text")).codes


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"mode": LINK}, "member-link"),
        ({"mode": DEVICE}, "member-special"),
        ({"flags": 1}, "archive-encrypted"),
        ({"flags": 0x41}, "archive-encrypted"),
        ({"declared": 3}, "archive-inconsistent"),
        ({"declared": 30}, "archive-inconsistent"),
    ],
)
def test_members_that_are_not_plain_files(look: Look, options: dict[str, int], code: str) -> None:
    assert look("材料.zip", samples.raw_zip(b"a.txt", b"plain text", mode=REGULAR)).verdict == "clean"
    report = look("材料.zip", samples.raw_zip(b"a.txt", b"plain text", **options))
    assert (report.verdict, report.codes) == ("refused", {code})


def test_a_password_is_told_in_a_sentence(look: Look) -> None:
    report = look("材料.zip", samples.raw_zip("表.txt".encode("gbk"), b"text", flags=1))
    assert report.reasons == "“表.txt”：加密压缩包无法查毒，请去掉密码后重新上传。"


def test_local_header_and_directory_must_agree(look: Look) -> None:
    data = samples.zipped({"a.txt": "text"})
    assert look("材料.zip", data.replace(b"a.txt", b"b.txt", 1)).codes == {"archive-inconsistent"}
    method = data.index(b"PK\3\4") + 8
    assert look("材料.zip", data[:method] + b"\0\0" + data[method + 2 :]).codes == {"archive-inconsistent"}


def test_bytes_after_the_end_of_the_deflate_stream(look: Look) -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"text") + packed.flush() + b"MORE"
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(b"text"), len(body), 4, 5, 0)
    local = b"PK\3\4" + common + b"a.txt" + body
    central = b"PK\1\2\x14\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.txt"
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    assert look("材料.zip", local + central + end).codes == {"archive-inconsistent"}


def test_doubled_names(look: Look) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("a.txt", "one")
        archive.writestr("a.txt", "two")
    assert look("材料.zip", buffer.getvalue()).codes == {"member-duplicate"}


def test_hidden_data_between_members(look: Look) -> None:
    data = samples.zipped({"a.txt": "one"})
    start = data.index(b"PK\1\2")
    hidden = data[:start] + b"\x55" * 9000
    second = samples.raw_zip(b"b.txt", b"two")
    cut = second.index(b"PK\1\2")
    directory = data[start : data.index(b"PK\5\6")] + second[cut : second.index(b"PK\5\6")]
    # the second member's offset is the last field before its name
    place = directory.rindex(b"b.txt") - 4
    directory = directory[:place] + struct.pack("<I", len(hidden)) + directory[place + 4 :]
    body = hidden + second[:cut]
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory), len(body), 0)
    report = look("材料.zip", body + directory + end)
    assert (report.verdict, report.codes) == ("suspicious", {"archive-hidden-data"})


def test_overlapping_members_are_a_bomb(look: Look) -> None:
    data = samples.raw_zip(b"a.txt", b"plain text")
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    entry = data[start:end]
    tail = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, 2 * len(entry), start, 0)
    assert look("材料.zip", data[:start] + entry + entry + tail).codes == {"archive-overlap"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_unpacked_within_bounds(look: Look, method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.txt", "text" * 100)
    assert look("材料.zip", buffer.getvalue()).codes == {"compression-unsupported"}


def test_ratio_bomb(look: Look) -> None:
    limits = replace(Limits.current(), ratio_floor_bytes=100_000)
    report = look("材料.zip", samples.zipped({"内/零.txt": b"0" * 1_000_000}), limits=limits)
    assert (report.verdict, report.codes, report.true_type.kind) == ("refused", {"bomb-ratio"}, "zip")
    assert report.findings[0].member == "内/零.txt"


def test_size_bomb_is_refused_before_it_is_unpacked(look: Look) -> None:
    limits = replace(Limits.current(), total_bytes=1_000_000)
    report = look("材料.zip", samples.zipped({f"{n}.txt": b"0" * 300_000 for n in range(4)}), limits=limits)
    assert report.codes == {"bomb-size"}
    assert "声明" in report.findings[0].evidence


def test_nested_bomb_spends_one_budget(look: Look) -> None:
    limits = replace(Limits.current(), total_bytes=1_000_000)
    inner = samples.zipped({"a.txt": b"0" * 400_000})
    assert look("材料.zip", samples.zipped({"1.zip": inner, "2.zip": inner}), limits=limits).verdict == "clean"
    three = samples.zipped({"1.zip": inner, "2.zip": inner, "3.zip": inner})
    assert look("材料.zip", three, limits=limits).codes == {"bomb-size"}


def test_too_many_members_also_when_nested(look: Look) -> None:
    limits = replace(Limits.current(), members=10)
    inner = samples.zipped({f"{n}.txt": "x" for n in range(4)})
    assert look("材料.zip", samples.zipped({"1.zip": inner, "2.zip": inner}), limits=limits).verdict == "clean"
    three = samples.zipped({"1.zip": inner, "2.zip": inner, "3.zip": inner})
    assert look("材料.zip", three, limits=limits).codes == {"bomb-count"}


def test_a_directory_larger_than_the_members_allowed_is_not_read(look: Look) -> None:
    limits = replace(Limits.current(), members=10)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(1000):
            archive.writestr(f"{number:01100d}.txt", "")
    report = look("材料.zip", buffer.getvalue(), limits=limits)
    assert report.codes == {"archive-corrupt"}


def test_nesting_depth(look: Look) -> None:
    data = samples.zipped({"a.txt": "x"})
    for _ in range(4):
        data = samples.zipped({"in.zip": data})
    assert look("材料.zip", data).verdict == "clean"
    report = look("材料.zip", samples.zipped({"in.zip": data}))
    assert report.codes == {"bomb-depth"}
    assert report.findings[0].member == "/".join(["in.zip"] * 5)


def test_members_are_held_to_the_same_types(look: Look) -> None:
    report = look("材料.zip", samples.zipped({"照片.jpg": samples.PNG, "脚本.vbs": "x = 1", "好.png": samples.PNG}))
    assert {(finding.member, finding.code) for finding in report.findings} == {
        ("照片.jpg", "type-mismatch"),
        ("脚本.vbs", "extension-not-allowed"),
    }


def test_what_systems_put_into_archives_is_scanned_but_not_refused_by_type(look: Look) -> None:
    apple = b"\0\5\x16\7\0\2\0\0" + b"\0" * 80
    assert look("材料.zip", samples.zipped({"__MACOSX/._a.txt": apple, ".DS_Store": apple})).verdict == "clean"
    assert look("材料.zip", samples.zipped({"__MACOSX/a": samples.windows_program()})).codes == {"executable"}
    assert look("._a", apple).codes == {"type-unknown"}


def test_one_damaged_member_does_not_hide_the_next(look: Look) -> None:
    data = bytearray(samples.zipped({"1.txt": "plain text", "2.txt": samples.eicar()}, stored=True))
    data[data.index(b"plain")] ^= 1
    report = look("材料.zip", bytes(data))
    assert {(finding.member, finding.code) for finding in report.findings} == {
        ("1.txt", "archive-inconsistent"),
        ("", "malware-test"),
        ("2.txt", "malware-test"),
    }


def test_rules_see_through_deflate_at_every_depth(look: Look) -> None:
    packed = samples.zipped({"内层.zip": samples.zipped({"样本.txt": samples.eicar()})})
    assert b"EICAR" not in packed
    report = look("材料.zip", packed)
    assert [(one.member, one.code) for one in report.findings] == [("内层.zip/样本.txt", "malware-test")]


def test_thousands_of_faults_make_a_short_report(look: Look) -> None:
    members = {f"{number}.exe": "x" for number in range(500)} | {"最后.txt": samples.eicar()}
    report = look("材料.zip", samples.zipped(members))
    assert len(report.findings) == 101
    assert report.codes == {"extension-not-allowed", "malware-test"}
    assert report.reasons.count("“") == 10
    assert report.reasons.endswith("另有 96 处。")


def test_tar_links_devices_and_paths(look: Look) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="gbk") as archive:
        for name, kind in (("链接", tarfile.SYMTYPE), ("硬", tarfile.LNKTYPE), ("设备", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        archive.addfile(tarfile.TarInfo("../出.txt"))
    report = look("材料.tar", buffer.getvalue())
    assert {(finding.member, finding.code) for finding in report.findings} == {
        ("链接", "member-link"),
        ("硬", "member-link"),
        ("设备", "member-special"),
        ("../出.txt", "member-path"),
        ("../出.txt", "empty"),
    }


def test_tar_members_are_scanned_and_its_tail_must_be_empty(look: Look) -> None:
    assert look("数据.tar", samples.tarred({"a.txt": samples.eicar()})).codes >= {"malware-test"}
    two = bytearray(samples.tarred({"a.txt": b"one", "b.txt": b"two"}))
    two[1024] ^= 1  # tarfile stops at the second header, other programs go on
    assert look("数据.tar", bytes(two)).codes == {"archive-hidden-data"}


def test_a_tar_header_that_asks_for_megabytes_is_not_read(look: Look) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("a.txt")
        entry.pax_headers = {"comment": "x" * 1_000_000}
        archive.addfile(entry)
    assert look("数据.tar", buffer.getvalue()).codes == {"archive-corrupt"}


def test_gzip_streams_bombs_and_damage(look: Look) -> None:
    both = samples.gzipped(b"one ") + samples.gzipped(samples.eicar())
    assert look("数据.txt.gz", both).codes == {"malware-test"}
    assert look("数据.txt.gz", samples.gzipped(b"text")[:-5]).codes == {"archive-corrupt"}
    assert look("数据.txt.gz", samples.gzipped(b"text") + b"tail").codes == {"archive-corrupt"}
    assert look("数据.txt.gz", samples.gzipped(b"text") + b"\0" * 512).verdict == "clean"
    limits = replace(Limits.current(), ratio_floor_bytes=100_000)
    assert look("数据.txt.gz", samples.gzipped(b"0" * 1_000_000), limits=limits).codes == {"bomb-ratio"}


def test_a_large_member_is_never_held_in_memory(look: Look) -> None:
    data = samples.zipped({"长.txt": "关于进一步做好工作的通知。\n".encode() * 500_000}, stored=True)
    tracemalloc.start()
    report = look("材料.zip", data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.verdict, len(data) > 15_000_000) == ("clean", True)
    assert peak < 3_000_000
