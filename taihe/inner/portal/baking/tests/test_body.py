"""Whatever stands in an approved body, the public page keeps its own rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from taihe.inner.portal.content import ArticleContent

from ..body import body_of, leave, safe_link
from . import samples

DOMAIN = "www.taihe.example"


def body(markup: str, **fields) -> str:
    return body_of(samples.article(7, 11, body=markup, **fields), DOMAIN).web


@pytest.mark.parametrize(
    ("given_address", "shown"),
    [
        ("/content/3.html", "/content/3.html"),
        ("#part", "#part"),
        ("https://www.taihe.example/tzgg/?a=1", "/tzgg/?a=1"),
        ("https://www.gov.cn/a?b=1&c=2", leave("https://www.gov.cn/a?b=1&c=2")),
        ("http://www.taihe.example.evil.cn/", leave("http://www.taihe.example.evil.cn/")),
        ("//evil.cn/x", leave("https://evil.cn/x")),
        ("mailto:a@taihe.example", "mailto:a@taihe.example"),
        ("/\\evil.cn", None),
        ("\\\\evil.cn", None),
        ("/\t/evil.cn", None),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("file.html", None),
        ("http://", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_links_stay_or_ask_or_go(given_address, shown) -> None:
    assert safe_link(given_address, DOMAIN) == shown


@given(st.text(alphabet="/\\:?#@.%aht ps\t\n\x00é", max_size=24))
def test_no_address_leads_out_unasked(address) -> None:
    found = safe_link(address, DOMAIN)
    outside = found is not None and (
        found.startswith(("//", "/\\")) or not found.startswith(("/", "#", "mailto:", "tel:"))
    )
    assert not outside


def test_scripts_styles_and_headings_of_the_page_are_taken_out() -> None:
    made = body(
        '<h1 class="x">题</h1><p style="color:red" onclick="x()">甲<script>1</script></p><iframe src="/"></iframe>'
    )
    assert made == "题<p>甲</p>"


def test_a_known_picture_gets_its_sizes_words_and_caption() -> None:
    picture = samples.picture("a", "插画：<麦田>", "图一")
    source = f"/img/{picture.variants[0].sha256}.webp"
    made = body_of(samples.article(7, 11, body=f'<p><img src="{source}" alt="?"></p>', pictures=(picture,)), DOMAIN)
    tree = html.fragment_fromstring(made.web)
    assert tree.tag == "figure" and tree.findtext("figcaption") == "图一"
    (image,) = tree.iter("img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("插画：<麦田>", "800", "450")
    assert image.get("src").endswith(f"{picture.variants[1].sha256}.jpg") and image.get("loading") == "lazy"
    assert "</source>" not in made.web and [one.get("type") for one in tree.iter("source")] == ["image/webp"]
    assert "〔图：插画：&lt;麦田&gt;〕" in made.text and "<img" not in made.text
    assert picture.variants[1].sha256 in made.shown


@pytest.mark.parametrize("address", ["https://evil.cn/a.png", "/img/" + "0" * 64 + ".jpg", "data:image/png;base64,AA"])
def test_a_picture_that_was_not_reviewed_is_not_shown(address) -> None:
    made = body(f'<p>前<img src="{address}" alt="x">后</p>', pictures=(samples.picture("a"),))
    assert made == "<p>前后</p>"


def test_words_beside_a_picture_stay() -> None:
    picture = samples.picture("a")
    source = f"/img/{picture.variants[1].sha256}.jpg"
    made = body(f'<p>前<img src="{source}" alt="x">后</p>', pictures=(picture,))
    assert made.startswith("<p>前<picture>") and made.endswith("</picture>后</p>")


def test_a_wide_table_can_be_scrolled_by_keyboard() -> None:
    tree = html.fragment_fromstring(
        body('<table><tr><td colspan="2" style="x">1</td></tr></table>尾'), create_parent="div"
    )
    (frame,) = tree
    assert frame.get("tabindex") == "0" and frame.get("aria-label")
    assert [one.tag for one in frame] == ["table"] and frame.tail == "尾"
    assert frame.xpath(".//td/@colspan") == ["2"] and not frame.xpath(".//@style")


def test_the_text_version_stays_in_the_text_version() -> None:
    made = body_of(samples.article(7, 11, body='<p><a href="/content/3.html">三</a></p>'), DOMAIN)
    assert 'href="/t/content/3.html"' in made.text and 'href="/content/3.html"' in made.web


@given(st.text(max_size=300))
def test_any_text_becomes_a_harmless_body(markup) -> None:
    content = ArticleContent(
        page_id=1, column_id=2, title="题", source="源", body=markup, pictures=(samples.picture("a"),)
    )
    for made in body_of(content, DOMAIN)[:2]:
        tree = html.fragment_fromstring(f"<div>{made}</div>")
        assert not tree.xpath(
            "//script | //style | //iframe | //form | //h1 | //@style | //@onclick | //@class[.!='tp-grid']"
        )
