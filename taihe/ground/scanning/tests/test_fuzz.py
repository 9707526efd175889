"""Whatever the bytes, a scan ends with a report; and damage never turns a refused file into a clean one."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taihe.ground.scanning import Limits, ScanReport, scan
from taihe.ground.scanning.zips import name_is_unsafe

from . import ole, samples

BASES = {
    "a.zip": samples.zipped({"内/说明.txt": "text" * 50, "b.zip": samples.zipped({"c.txt": "x"})}),
    "a.docx": samples.docx("正文", relationships=samples.relationship("hyperlink", "https://example.invalid/")),
    "a.ofd": samples.ofd("正文"),
    "a.odt": samples.odt("正文"),
    "a.pdf": samples.pdf("<</Type /Catalog>>", hidden="<</Type /Page>>"),
    "a.tar": samples.tarred({"说明.txt": b"text", "b.txt": b"more"}),
    "a.tgz": samples.gzipped(samples.tarred({"b.txt": b"text"})),
    "a.png": samples.PNG,
}
OLE = ole.doc("正文", "Sub AutoOpen()\r\nEnd Sub\r\n")
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIMITS = replace(Limits.current(), seconds=20, total_bytes=20_000_000)


def looked(name: str, data: bytes) -> ScanReport:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        report = scan(Path(file.name), filename=name, limits=LIMITS)
    assert report.verdict in ("clean", "suspicious", "refused")
    assert all(finding.sentence for finding in report.findings)
    # check-failed from here would mean an exception nobody thought of
    unforeseen = [
        one.evidence for one in report.findings if one.code == "check-failed" and "oletools" not in one.evidence
    ]
    assert unforeseen == []
    return report


damage = st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=6)), min_size=1, max_size=4)


def damaged(data: bytes, places: list[tuple[int, bytes]]) -> bytes:
    held = bytearray(data)
    for place, piece in places:
        start = place % len(held)
        held[start : start + len(piece)] = piece
    return bytes(held)


@relaxed
@given(name=st.sampled_from(["a.txt", "a.pdf", "a.zip", "a", ""]), data=st.binary(max_size=3000))
def test_any_bytes(name: str, data: bytes) -> None:
    looked(name, data)


HEADS = [
    b"PK\3\4",
    b"PK\5\6",
    b"%PDF-1.7\nstream\n",
    b"\x1f\x8b\x08",
    b"\x89PNG\r\n\x1a\n",
    b"{\\rtf1",
    b"<?xml ",
    b"MZ",
]


@relaxed
@given(head=st.sampled_from(HEADS), data=st.binary(max_size=600))
def test_any_bytes_behind_a_known_head(head: bytes, data: bytes) -> None:
    looked("a.bin", head + data)


@relaxed
@given(name=st.sampled_from(sorted(BASES)), places=damage, cut=st.integers(0, 400))
def test_damaged_files(name: str, places: list[tuple[int, bytes]], cut: int) -> None:
    data = damaged(BASES[name], places)
    looked(name, data[: len(data) - cut] if cut < len(data) else data)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(places=damage, cut=st.integers(0, 3000))
def test_damaged_ole(places: list[tuple[int, bytes]], cut: int) -> None:
    data = damaged(OLE, [(place, piece) for place, piece in places if place % len(OLE) >= 8])
    looked("a.doc", data[: max(len(data) - cut, 512)])


member_names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@relaxed
@given(st.dictionaries(member_names, st.binary(max_size=300), max_size=5), st.booleans())
def test_any_members(members: dict[str, bytes], stored: bool) -> None:
    report = looked("a.zip", samples.zipped(members, stored=stored))
    unsafe = any(name_is_unsafe(name) for name in members)
    assert unsafe <= ("member-path" in report.codes)


@relaxed
@given(places=damage)
def test_damage_does_not_hide_a_member_that_still_unpacks(places: list[tuple[int, bytes]]) -> None:
    base = samples.zipped({"样本.txt": samples.eicar()}, stored=True)
    data = damaged(base, places)
    if samples.eicar() in data:
        assert looked("a.zip", data).verdict == "refused"
