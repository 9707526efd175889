"""The baked site in a real browser: both widths, both modes, no script, nothing from elsewhere, no serious fault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from taihe.ground.headers import POLICY
from taihe.inner.portal.baking import mime
from taihe.inner.portal.baking.tests.demo import Demo


@pytest.fixture(scope="module")
def demo() -> Demo:
    return Demo()


@pytest.fixture(scope="module")
def shown(demo) -> Iterator[str]:
    """A plain server of the baked files, with the mode by cookie as the outer zone has it."""
    pages = demo.pages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            elder = "elder" in self.headers.get("Cookie", "") if not parts.query else parts.query == "v=elder"
            path = f"~mode/{'elder' if elder else 'standard'}.css" if parts.path == "/assets/mode.css" else parts.path
            found = pages.get(path)
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Type", mime(parts.path))
            self.send_header("Content-Security-Policy", POLICY)
            if parts.query.startswith("v="):
                self.send_header("Set-Cookie", f"mode={'elder' if elder else 'standard'}; Path=/")
            self.end_headers()
            self.wfile.write(found if found is not None else pages["~error.html"])

        def log_message(self, *_words: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def stops(demo: Demo) -> dict[str, str]:
    """One page of every kind."""
    article = {
        key: f"content/{demo.number[key]}.html" for key in ("zwyw-service-hall", "sjfb-economy", "zcwj-old-parking")
    }
    return {
        "home": "",
        "disclosure": "zwgk/",
        "list": "zwgk/zcwj/",
        "townships": "xz/",
        "township": "xz/lixing/",
        "article": article["zwyw-service-hall"],
        "table": article["sjfb-economy"],
        "void": article["zcwj-old-parking"],
        "sitemap": "sitemap/",
        "text": "t/",
        "text-article": f"t/{article['sjfb-economy']}",
    }


@pytest.mark.journey
@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_every_kind_of_page_is_sound(visit, shown, demo, width, mode) -> None:
    visitor = visit(width, shown)
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.goto(f"/?v={mode}")
    for name, path in stops(demo).items():
        asked.clear()
        visitor.page.goto(f"/{path}", wait_until="load")
        assert all(one.startswith(shown) for one in asked), asked
        assert len(asked) <= (25 if name == "home" else 12), asked
        visitor.shot(f"{mode}-{name}")


@pytest.mark.journey
def test_elder_mode_has_large_letters_and_targets(visit, shown) -> None:
    visitor = visit("phone", shown)
    visitor.page.goto("/?v=elder")
    sizes = visitor.page.evaluate(
        "[...document.querySelectorAll('.tp-nav a, .tp-tiles a, .tp-doors a, .tp-signs a, .tp-search button,"
        " .tp-strip a, .tp-lines li, .tp-friends summary')].filter(e => e.offsetHeight)"
        ".map(e => [e.textContent.trim(), e.offsetHeight, parseFloat(getComputedStyle(e).fontSize)])"
    )
    assert len(sizes) > 80
    assert [one for one in sizes if one[1] < 60] == []
    assert [one for one in sizes if one[2] < 18] == []
    visitor.page.get_by_role("link", name="返回标准版").click()
    assert visitor.page.locator(".tp-to-standard").is_hidden() and visitor.page.locator(".tp-to-elder").is_visible()


@pytest.mark.journey
def test_tabs_pictures_and_letter_size_work_by_keyboard_without_script(visit, shown, demo) -> None:
    visitor = visit("desk", shown)
    page = visitor.page
    page.goto("/")
    tabs = page.locator(".tp-first .tp-panel")
    assert tabs.nth(0).is_visible() and tabs.nth(1).is_hidden()
    page.locator("#news-1").focus()
    page.keyboard.press("ArrowRight")
    assert tabs.nth(0).is_hidden() and tabs.nth(1).is_visible()
    page.locator(".tp-dots a").nth(2).click()
    expect(page.locator("#slide-3 img")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("window.scrollY") < 200
    page.goto(f"/content/{demo.number['zwyw-service-hall']}.html")
    letters = "parseFloat(getComputedStyle(document.querySelector('.tp-body')).fontSize)"
    before = page.evaluate(letters)
    page.locator("#size-m").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(letters) > before
    page.keyboard.press("Tab")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
