"""What the site answers from memory, request by request."""

from __future__ import annotations

import gzip
from dataclasses import replace

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.releases import build, sign
from taihe.outer.portal.answers import byte_range, matches, not_since, ranking
from taihe.outer.portal.memory import Hidden, hold
from taihe.outer.portal.serving import Site

from .press import CONTENTS
from .visitor import ask

FILE = "/files/0123456789abcdef/申请表.docx"


@pytest.fixture
def site(press, disk, contents):
    signed = press.release(contents)
    found = Site()
    found.held = hold(press.lay(disk, signed), signed, disk.copies)
    return found


def test_a_page_comes_from_memory_with_its_headers(site):
    answer = ask(site, "/content/1.html")
    assert answer.status == 200
    assert answer.body.decode() == CONTENTS["/content/1.html"]
    headers = answer.headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["last-modified"] == "Sun, 22 Nov 2026 01:01:00 GMT"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["cache-control"] == "public, no-cache"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-robots-tag"] == "noindex"


def test_a_page_with_a_gzip_form_is_held_in_that_form_only_and_still_told_byte_for_byte(site):
    held = site.held
    file = held.manifest.by_path["/content/1.html"]
    assert held.objects.held(file.sha256) is None
    assert held.objects[file.sha256].decode() == CONTENTS["/content/1.html"]
    assert set(held.objects) == set(held.manifest.objects)
    assert held.objects.held(held.manifest.by_path[FILE].sha256) == CONTENTS[FILE].encode()


def test_a_gzip_form_of_other_bytes_never_stands_for_the_page(press, disk, contents):
    """Signed or not: what a client without gzip gets is what the digest of the plain bytes names."""
    odd = gzip.compress("另外的内容".encode() * 100, mtime=0)
    signed = press.release(contents)
    files = list(press.manifest.files)
    at = next(place for place, one in enumerate(files) if one.path == "/content/1.html")
    files[at] = files[at]._replace(gz=press._object(odd))
    manifest = replace(press.manifest, files=tuple(files))
    signed = signed._replace(data=build(manifest), signature=sign(build(manifest), press.inner))
    held = hold(press.lay(disk, signed), signed, disk.copies)
    found = Site()
    found.held = held
    assert ask(found, "/content/1.html", accept_encoding="identity").body.decode() == CONTENTS["/content/1.html"]


def test_the_coding_follows_the_visitors_wish(site):
    plain = CONTENTS["/zwgk/"].encode()
    for wish, coding, opened in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0.5, gzip;q=0.9", "gzip", gzip.decompress),
        ("br;q=0, *;q=0.1", "gzip", gzip.decompress),
        ("identity, br;q=0.2", None, bytes),
        ("deflate", None, bytes),
        ("br;q=x", None, bytes),
    ):
        answer = ask(site, "/zwgk/", accept_encoding=wish)
        assert answer.headers.get("content-encoding") == coding, wish
        assert opened(answer.body) == plain
    assert ask(site, "/zwgk/通知.html", accept_encoding="br").headers.get("content-encoding") is None


def test_tags_differ_by_coding_and_save_the_way(site):
    tags = {ask(site, "/", accept_encoding=wish).headers["etag"] for wish in ("br", "gzip", "identity")}
    assert len(tags) == 3
    answer = ask(site, "/", accept_encoding="br")
    tag = answer.headers["etag"]
    for given_tag in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = ask(site, "/", accept_encoding="br", if_none_match=given_tag)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask(site, "/", accept_encoding="gzip", if_none_match=tag).status == 200
    date = answer.headers["last-modified"]
    assert ask(site, "/", if_modified_since=date).status == 304
    assert ask(site, "/", if_modified_since="Sun, 22 Nov 2026 01:00:59 GMT").status == 200
    assert ask(site, "/", if_modified_since="not a date").status == 200
    assert ask(site, "/", if_none_match='"x"', if_modified_since=date).status == 200  # the tag decides


def test_head_asks_for_the_same_headers(site):
    assert ask(site, "/", method="HEAD").headers == ask(site, "/").headers


def test_downloads_come_in_parts(site):
    whole = CONTENTS[FILE].encode()
    first = ask(site, FILE)
    assert first.headers["accept-ranges"] == "bytes"
    assert first.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%94%B3")
    for wish, part, told in (
        ("bytes=0-9", whole[:10], "0-9"),
        ("bytes=490-", whole[490:], "490-499"),
        ("bytes=-7", whole[-7:], "493-499"),
        ("bytes=10-9999", whole[10:], "10-499"),
        ("bytes=-9999", whole, "0-499"),
    ):
        answer = ask(site, FILE, range=wish)
        assert (answer.status, answer.body) == (206, part)
        assert answer.headers["content-range"] == f"bytes {told}/500"
    beyond = ask(site, FILE, range="bytes=500-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, "bytes */500")
    assert ask(site, FILE, range="bytes=-0").status == 416
    for ignored in ("bytes=0-1,3-4", "bytes=5-2", "items=0-1", "bytes=-"):
        assert ask(site, FILE, range=ignored).body == whole
    assert ask(site, FILE, range="bytes=0-9", if_range=first.headers["etag"]).status == 206
    assert ask(site, FILE, range="bytes=0-9", if_range='"old"').status == 200
    assert ask(site, "/", range="bytes=0-9").status == 200  # pages are never cut


def test_a_slash_too_many_or_too_few_is_put_right(site):
    assert ask(site, "/zwgk").headers["location"] == "/zwgk/"
    assert ask(site, "/content/1.html/", query="a=1").headers["location"] == "/content/1.html?a=1"
    assert ask(site, "/zwgk/通知.html/").headers["location"] == "/zwgk/%E9%80%9A%E7%9F%A5.html"
    assert ask(site, "/zwgk").status == 301


def test_what_the_release_does_not_hold_is_left_to_django(site):
    for path in ("/leave/", "/search/", "/static/x.css", "/nothing", "//zwgk", "/~error.html", "~error.html", "*"):
        assert ask(site, path) is None
    assert ask(site, "/leave/", method="POST") is None
    assert ask(Site(), "/") is None


def test_pages_are_only_read(site):
    answer = ask(site, "/content/1.html", method="POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_way_of_reading_is_a_cookie(site):
    answer = ask(site, "/", query="v=elder", accept_encoding="gzip")
    assert gzip.decompress(answer.body).decode() == CONTENTS["/"]
    assert answer.headers["set-cookie"].startswith("outer_mode=elder; Path=/; Max-Age=31536000; SameSite=Lax")
    assert answer.headers["cache-control"] == "no-store"
    assert "22px" in ask(site, "/assets/mode.css", cookie="a=1; outer_mode=elder").body.decode()
    for cookie in (
        {},
        {"cookie": "outer_mode=standard"},
        {"cookie": "outer_mode=elderly"},
        {"cookie": "x=outer_mode=elder"},
    ):
        sheet = ask(site, "/assets/mode.css", **cookie)
        assert "16px" in sheet.body.decode()
        assert sheet.headers["vary"] == "Cookie"
    for query in ("v=other", "q=1", "%ff=&&=;", "v="):
        assert "set-cookie" not in ask(site, "/", query=query).headers


def test_what_is_named_by_its_digest_is_kept(site):
    assert "immutable" in ask(site, "/assets/site.0a1b2c3d.css").headers["cache-control"]
    assert ask(site, "/img/mark.svg").headers["cache-control"] == "public, max-age=86400"
    assert "no-cache" in ask(site, "/assets/mode.css").headers["cache-control"]


def test_withdrawn_pages_say_so(site, press):
    signed = press.notice(1, 1, "/content/2.html")
    site.held = site.held.hiding({1: Hidden(press.trust.notice(signed), signed)})
    for path in ("/content/2.html", "/t/content/2.html"):
        answer = ask(site, path, accept_encoding="gzip")
        assert (answer.status, answer.headers["cache-control"]) == (410, "no-store")
        assert "该内容已撤下" in answer.body.decode()
    assert ask(site, "/content/1.html").status == 200


def test_a_withdrawal_outlives_releases_up_to_its_own_and_no_longer(site, press, disk, contents):
    signed = press.notice(1, 2, "/content/2.html")
    notices = {1: Hidden(press.trust.notice(signed), signed)}
    site.held = site.held.hiding(notices)
    second = press.release(contents)
    site.held = hold(press.lay(disk, second), second, disk.copies, site.held)
    assert ask(site, "/content/2.html").status == 410
    third = press.release(contents)
    site.held = hold(press.lay(disk, third), third, disk.copies, site.held)
    assert ask(site, "/content/2.html").status == 200  # shown again by a release made after the withdrawal
    fourth = press.release(contents, buried=("/content/2.html",))
    site.held = hold(press.lay(disk, fourth), fourth, disk.copies, site.held)
    assert ask(site, "/content/2.html").status == 410


def test_a_page_keeps_its_date_while_it_stays_the_same(site, press, disk, contents):
    contents["/content/1.html"] += "改"
    second = press.release(contents)
    site.held = hold(press.lay(disk, second), second, disk.copies, site.held)
    assert ask(site, "/content/1.html").headers["last-modified"] == "Sun, 22 Nov 2026 01:02:00 GMT"
    assert ask(site, "/zwgk/").headers["last-modified"] == "Sun, 22 Nov 2026 01:01:00 GMT"


@given(st.text(max_size=60))
def test_no_header_breaks_the_site(text):
    assert set(ranking(text)) <= {"br", "gzip", "identity"}
    matches(text, '"a"')
    not_since(text, "Sun, 22 Nov 2026 01:02:00 GMT")


@given(st.from_regex(r"bytes=[0-9]{0,4}-[0-9]{0,4}", fullmatch=True), st.integers(1, 500))
def test_a_range_stays_within_the_file(text, size):
    try:
        part = byte_range(text, size)
    except ValueError:
        return
    assert part is None or 0 <= part[0] < part[1] <= size
