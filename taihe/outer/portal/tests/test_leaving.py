"""The page that asks before a visitor leaves, and the frame that dynamic pages wear."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.outer.portal.leaving import UnfitAddress, destination
from taihe.outer.portal.memory import hold
from taihe.outer.portal.serving import site


def asked(client, address, **headers):
    return client.get(f"/leave/?to={quote(address, safe='')}", headers=headers)


@pytest.fixture
def worn(press, disk, contents):
    """The front holds a release."""
    signed = press.release(contents)
    site.held = hold(press.lay(disk, signed), signed, disk.copies)
    yield site
    site.held, site.lost = None, False


def test_a_visitor_is_asked_and_never_sent_on(client):
    answer = asked(client, "https://www.gov.cn/zhengce/?a=1&b=2")
    assert answer.status_code == 200
    assert "您访问的链接即将离开“太和县人民政府”门户网站，是否继续？" in answer.text
    assert (
        '<a class="gv-btn" href="https://www.gov.cn/zhengce/?a=1&amp;b=2" rel="noopener noreferrer nofollow">'
        in answer.text
    )
    assert "www.gov.cn（政府网站域名）" in answer.text.replace("<b>", "").replace("</b>", "")
    assert "请注意" not in answer.text
    assert "Location" not in answer
    assert "Refresh" not in answer
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/content/1.html",
        "https://",
        "https:///x",
        "https://www.gov.cn@evil.example/",
        "https://user:pw@evil.example/",
        "https://evil.example\\@www.gov.cn",
        "https://evil.example/\r\nSet-Cookie: a=1",
        "https://exam\u200bple.cn/",
        "https://exa mple.cn/",
        "https://example.cn:99999/",
        "https://[::1/",
        "ftp://example.cn/",
        "https://example.cn/" + "a" * 2000,
        "https://xn--\u4e2d/",
        "https://xn--999999999b/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(client, address):
    answer = asked(client, address)
    assert answer.status_code == 400
    assert "portal.unfit_address" in answer.text
    assert 'href="javascript' not in answer.text.lower()


@pytest.mark.parametrize(
    ("address", "host", "words"),
    [
        ("https://t\u0430ihe.gov.cn/", "t\u0430ihe.gov.cn", "容易混淆的外国文字（\u0430）"),
        ("https://xn--tihe-53d.gov.cn/", "t\u0430ihe.gov.cn", "容易混淆的外国文字"),
        ("https://www.gov.cn.evil.example/", "www.gov.cn.evil.example", "不是政府网站域名"),
        ("https://192.0.2.7/", "192.0.2.7", "数字地址"),
        ("https://[2001:db8::1]/", "2001:db8::1", "数字地址"),
        ("https://3221225991/", "3221225991", "数字地址"),
        ("https://太和.example/", "太和.example", "非英文字符"),
        ("https://example.cn:8443/", "example.cn:8443", "不常见的端口 8443"),
        ("http://example.cn/", "example.cn", "没有使用加密连接"),
    ],
)
def test_what_a_careless_eye_would_miss_is_named(address, host, words):
    found = destination(address)
    assert found.host == host
    assert words in " ".join(found.warnings)


def test_a_lookalike_is_no_government_site():
    assert destination("https://www.ah.gov.cn/").government
    assert not destination("https://www.\u0430h.gov.cn/").government
    assert not destination("https://gov.cn.example/").government


@given(st.text(max_size=80))
def test_any_text_is_judged_or_refused(text):
    for address in (text, f"https://{text}"):
        try:
            found = destination(address)
        except UnfitAddress:
            continue
        assert found.address.startswith(("http:", "https:", "HTTP", "Http")) or found.address.lower().startswith("http")


def test_back_leads_to_our_own_pages_only(client):
    assert (
        'href="http://testserver/content/1.html">留在本站'
        in asked(client, "https://example.cn/", referer="http://testserver/content/1.html").text
    )
    assert 'href="/">留在本站' in asked(client, "https://example.cn/", referer="https://evil.example/").text


@pytest.mark.django_db
def test_dynamic_pages_wear_the_signed_frame(client, worn):
    for address, status in (
        ("/leave/?to=https%3A%2F%2Fexample.cn%2F", 200),
        ("/leave/", 400),
        ("/accessibility/", 200),
        ("/nothing/here", 404),
    ):
        answer = client.get(address)
        assert answer.status_code == status
        assert "<header>壳顶</header>" in answer.text
        assert "<footer>壳底</footer>" in answer.text
        assert answer.text.count("<title>") == 1
        assert 'id="main"' in answer.text


@pytest.mark.django_db
def test_without_a_release_pages_wear_the_built_in_frame(client):
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert "没有找到您要打开的页面" in answer.text
    assert "po-brand" in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["lost", "loading"])
def test_a_site_without_pages_to_vouch_for_says_so(client, state):
    setattr(site, state, True)
    try:
        for address in ("/", "/content/1.html"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert answer["Retry-After"] == "60"
            assert "网站页面正在核对和恢复" in answer.text
    finally:
        setattr(site, state, False)


def test_a_fault_shows_the_releases_own_page(rf, worn, contents):
    from taihe.outer.portal.views import broken

    answer = broken(rf.get("/"))
    assert (answer.status_code, answer.text) == (500, contents["~error.html"])
    worn.held = None
    assert "系统处理您的请求时出现故障" in broken(rf.get("/")).text
