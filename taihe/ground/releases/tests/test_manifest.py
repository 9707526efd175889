"""The list of a release: one spelling, and everything else refused with its reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.digests import canonical
from taihe.ground.releases import BadManifest, File, Manifest, Tombstone, Variant, build, open_manifest, parse, sign
from taihe.ground.releases.manifest import MOST_OBJECT
from taihe.ground.signing import BadSignature, UnknownKey

from .conftest import AT, SITE

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
HTML = "text/html; charset=utf-8"


def whole(*files: File, tombstones: tuple[Tombstone, ...] = (), **given) -> Manifest:
    plain = Manifest(1, "0" * 64, AT, "0" * 16, SITE, files, tombstones)
    return replace(plain, **given)


def page(path: str) -> File:
    return File(path, A, 10, HTML)


def refused(manifest: Manifest) -> str:
    with pytest.raises(BadManifest) as told:
        build(manifest)
    return str(told.value.params["why"])


def test_what_is_built_is_read_back(manifest):
    data = build(manifest)
    assert parse(data) == manifest
    assert build(parse(data)) == data
    head = data.split(b"\n")[0]
    assert head.startswith(b'{"format":"taihe-release/1"')
    assert manifest.by_path["/content/7.html"].br
    assert len(manifest.objects) == 9  # five plain, two of them with two compressed forms


def test_a_signed_manifest_is_believed(manifest, rings):
    signer, reader = rings
    data = build(manifest)
    for sm2 in (False, True):
        assert open_manifest(data, sign(data, signer, sm2=sm2), reader, peer="inner", site=SITE, sm2=sm2) == manifest


def test_every_changed_byte_of_the_manifest_is_refused(manifest, rings):
    signer, reader = rings
    data = build(manifest)
    signature = sign(data, signer)
    for place in range(len(data)):
        for change in (data[place] ^ 1, 0x0A, 0x20):
            changed = data[:place] + bytes([change]) + data[place + 1 :]
            if changed != data:
                with pytest.raises(BadSignature):
                    open_manifest(changed, signature, reader, peer="inner", site=SITE)
    for cut in (data[:-1], data + b"\n", data[1:], b""):
        with pytest.raises(BadSignature):
            open_manifest(cut, signature, reader, peer="inner", site=SITE)


@pytest.mark.parametrize("sm2", [False, True])
def test_every_changed_byte_of_the_signature_is_refused(manifest, rings, sm2):
    signer, reader = rings
    data = build(manifest)
    signature = sign(data, signer, sm2=sm2)
    for place in range(len(signature)):
        for bit in (0x01, 0x02, 0x10, 0x20):
            changed = signature[:place] + bytes([signature[place] ^ bit]) + signature[place + 1 :]
            with pytest.raises((BadSignature, UnknownKey)):
                open_manifest(data, changed, reader, peer="inner", site=SITE)


def test_another_spelling_of_a_true_signature_is_refused(manifest, rings):
    signer, reader = rings
    data = build(manifest)
    parts = json.loads(sign(data, signer, sm2=True))
    only_sm2 = {"sm2": parts["sm2"]}
    crossed = {"ed25519": parts["sm2"], "sm2": parts["ed25519"]}
    more = parts | {"x": parts["sm2"]}
    for spelled in (json.dumps(parts).encode(), *map(canonical, (only_sm2, crossed, more, {}, [], None, "x"))):
        with pytest.raises(BadSignature):
            open_manifest(data, spelled, reader, peer="inner", site=SITE)
    with pytest.raises(BadSignature):  # the second signature is required where the profile says so
        open_manifest(data, canonical({"ed25519": parts["ed25519"]}), reader, peer="inner", site=SITE, sm2=True)


def test_only_the_key_of_pages_signs_pages(manifest, rings):
    signer, reader = rings
    data = build(manifest)
    by_gate = canonical({"ed25519": str(signer.sign("gate", data))})
    with pytest.raises(UnknownKey):
        open_manifest(data, by_gate, reader, peer="inner", site=SITE)
    with pytest.raises(UnknownKey):  # the reader's own keys vouch for nothing
        open_manifest(data, sign(data, signer), reader, peer=None, site=SITE)
    other = build(replace(manifest, key="0" * 16))
    with pytest.raises(BadManifest, match="密钥"):
        open_manifest(other, sign(other, signer), reader, peer="inner", site=SITE)
    with pytest.raises(BadManifest, match="另一个网站"):
        open_manifest(data, sign(data, signer), reader, peer="inner", site="1")


GOOD = ["/", "/a/", "/a.html", "/content/12.html", "/files/00ff/报告（终稿） 2.pdf", "/xz/maji/p1.html", "~error.html"]
BAD = {
    "": "开头",
    "a.html": "开头",
    "//a": "空的一段",
    "/a//b": "空的一段",
    "/../a": "开头或结尾",
    "/a/..": "开头或结尾",
    "/a/./b": "开头或结尾",
    "/.htaccess": "开头或结尾",
    "/a/.git/x": "开头或结尾",
    "/a /b": "开头或结尾",
    "/a./b": "开头或结尾",
    "/~shell/head.html": "开头或结尾",
    "/a/~b": "开头或结尾",
    "/-rf": "开头或结尾",
    "/a\\b": "不允许的字符",
    "/a%2e%2e/b": "不允许的字符",
    "/a?b": "不允许的字符",
    "/a#b": "不允许的字符",
    "/a:b": "不允许的字符",
    "C:/a": "开头",
    "/a\x00b": "不可见字符",
    "/a\rb": "不可见字符",
    "/图\u202egpj.exe": "不可见字符",
    "/a\u200bb": "不可见字符",
    "/a\ufeffb": "不可见字符",
    "/e\u0301": "规范",
    "/．．/a": "开头或结尾",
    "/图／b": "不允许的字符",
    "/图＼b": "不允许的字符",
    "/图％2f": "不允许的字符",
    "/图片.": "开头或结尾",
    "/" + "a" * 400: "过长",
    "~": "内部路径",
    "~/a": "内部路径",
    "~a/../b": "内部路径",
    "~图": "内部路径",
    "~a//b": "内部路径",
    "~a/": "内部路径",
}


@pytest.mark.parametrize("path", GOOD)
def test_good_paths_may_stand(path):
    assert parse(build(whole(page(path)))).files[0].path == path


@pytest.mark.parametrize(("path", "why"), BAD.items())
def test_bad_paths_are_refused_with_their_reason(path, why):
    told = refused(whole(page(path)))
    assert why in told or "写法不对" in told


@given(st.text(max_size=30))
def test_no_text_makes_two_spellings(text):
    """Whatever is accepted is read back as itself."""
    try:
        data = build(whole(page("/" + text)))
    except BadManifest:
        return
    assert parse(data).files[0].path == "/" + text


@pytest.mark.parametrize(
    ("one", "other"),
    [("/A.html", "/a.html"), ("/files/00/Ａ.pdf", "/files/00/A.pdf"), ("/图ﬁ.pdf", "/图fi.pdf"), ("/ß图", "/ss图")],
)
def test_look_alikes_are_refused(one, other):
    assert "混淆" in refused(whole(*map(page, sorted((one, other)))))


def test_order_and_doubles():
    assert "重复" in refused(whole(page("/a"), page("/a")))
    assert "排列" in refused(whole(page("/b"), page("/a")))
    grave = Tombstone("/g", 1, 1, AT)
    assert "重复" in refused(whole(tombstones=(grave, grave)))


def test_what_is_withdrawn_is_not_shown():
    assert "撤稿" in refused(whole(page("/g.html"), tombstones=(Tombstone("/g.html", 1, 1, AT),)))
    assert "撤稿" in refused(whole(page("/G.html"), tombstones=(Tombstone("/g.html", 1, 1, AT),)))
    assert "内部" in refused(whole(tombstones=(Tombstone("~g", 1, 1, AT),)))


def test_sizes_and_types():
    assert "写法不对" in refused(whole(File("/a", A, 0, HTML)))
    assert "大于" in refused(whole(File("/a", A, MOST_OBJECT + 1, HTML)))
    assert "大于" in refused(whole(File("/a", A, 1, HTML, Variant(B, MOST_OBJECT + 1))))
    assert "写法不对" in refused(whole(File("/a", A, 10**11, HTML)))
    assert "写法不对" in refused(whole(File("/a", A.upper(), 1, HTML)))
    for mime in ("html", "text/html;charset=x", "text/html\r\nSet-Cookie: a", "TEXT/html", "text/html; charset=utf-8 "):
        assert "写法不对" in refused(whole(File("/a", A, 1, mime)))
    assert "两种大小" in refused(whole(File("/a", A, 1, HTML), File("/b", A, 2, HTML)))


def test_headers_have_one_spelling(manifest):
    data = build(manifest)
    head, rest = data.split(b"\n", 1)
    found = json.loads(head)
    for changed in (
        {"number": True},
        {"number": 0},
        {"number": -1},
        {"number": "1"},
        {"number": 1.0},
        {"number": 2**60},
        {"previous": "x"},
        {"key": "../../../etc"},
        {"site": "a b"},
        {"made_at": "2026-03-05"},
        {"made_at": "2026-03-05T09:30:00.000000"},
        {"made_at": "2026-03-05T17:30:00.000000+08:00"},
        {"more": 1},
    ):
        with pytest.raises(BadManifest):
            parse(canonical(found | changed) + b"\n" + rest)
    with pytest.raises(BadManifest, match="版本"):
        parse(canonical(found | {"format": "taihe-release/2"}) + b"\n" + rest)
    for spelled in (json.dumps(found).encode(), head + b" ", b"[]", b"", b"[" * 100_000, b"\xff"):
        with pytest.raises(BadManifest):
            parse(spelled + b"\n" + rest)


def test_other_line_ends_and_rests_are_refused(manifest):
    data = build(manifest)
    for changed in (data.replace(b"\n", b"\r\n"), data[:-1], data + b"\n", data + b"x", data + data):
        with pytest.raises(BadManifest):
            parse(changed)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(data):
    with pytest.raises(BadManifest):
        parse(data)
