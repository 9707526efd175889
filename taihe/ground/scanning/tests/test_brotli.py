"""Brotli, which has no mark of its own: looked into where a kind of letter expects it, unknown everywhere else."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from taihe.ground.scanning import Limits, ScanReport, scan

PAGE = b"<!doctype html><html><p>page</p></html>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def look(folder: Path, name: str, data: bytes, **bounds) -> ScanReport:
    pack = folder / "pack.tar"
    with tarfile.open(pack, "w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    kinds = {"tar": ("tar",), "html": ("html",), "br": ("br",), "text": ("txt",)}
    return scan(pack, filename="pack.tar", limits=replace(Limits.current(), allowed_kinds=kinds, **bounds))


@pytest.mark.parametrize("quality", [0, 5, 11])
def test_a_compressed_page_is_clean(tmp_path, quality):
    assert look(tmp_path, "a.html.br", brotli.compress(PAGE * 5000, quality=quality)).verdict == "clean"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.html.br", brotli.compress(PAGE)[:-1], "archive-corrupt"),
        ("a.html.br", brotli.compress(PAGE) + b"more", "archive-corrupt"),
        ("a.html.br", b"MZ" + b"\x90" * 400, "archive-corrupt"),
        ("a.html.br", PAGE, "archive-corrupt"),
        ("a.txt.br", brotli.compress(PAGE), "type-mismatch"),
        ("a.html.br", brotli.compress(b"MZ\x90\0" + bytes(400)), "type-not-allowed"),
        ("a.txt.br", brotli.compress(EICAR), "malware-test"),
        ("a.html.br", brotli.compress(bytes(30 * 1024 * 1024)), "bomb-ratio"),
        ("a.html", brotli.compress(PAGE), ""),
    ],
    ids=["cut", "longer", "program-by-name", "page-by-name", "mismatch", "program", "virus", "bomb", "br-by-no-name"],
)
def test_what_is_not_a_compressed_page_is_refused(tmp_path, name, data, code):
    report = look(tmp_path, name, data)
    assert report.verdict == "refused"
    assert not code or code in report.codes, report.codes


def test_a_bomb_is_never_unpacked_whole(tmp_path):
    report = look(tmp_path, "a.txt.br", brotli.compress(bytes(64 * 1024 * 1024)), member_bytes=1024 * 1024)
    assert "bomb-size" in report.codes


def test_an_upload_of_brotli_is_of_unknown_type(tmp_path):
    file = tmp_path / "a.html.br"
    file.write_bytes(brotli.compress(PAGE))
    assert scan(file, filename=file.name).verdict == "refused"
    assert "br" not in Limits.current().allowed_kinds
