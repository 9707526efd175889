"""The search of one wing reads the pages that the other wing bakes: the whole demo site, baked and read back."""

from __future__ import annotations

from functools import lru_cache

import pytest

from taihe.inner.portal.baking.tests.demo import Demo
from taihe.inner.portal.demo_site import DemoArticle, DemoSite
from taihe.outer.portal.searching.reading import PageText, findable, read_navigation, read_page


@lru_cache(maxsize=1)
def baked() -> tuple[DemoSite, dict[str, bytes], dict[str, DemoArticle]]:
    demo = Demo()
    articles = {f"/content/{demo.number[one.key]}.html": one for one in demo.site.articles}
    return demo.site, demo.pages(), articles


@pytest.fixture(scope="module")
def read() -> dict[str, PageText]:
    _, pages, _ = baked()
    found = {path: read_page(data) for path, data in pages.items() if findable(path)}
    return {path: page for path, page in found.items() if page}


def test_every_article_is_read_as_it_was_written(read):
    _, _, articles = baked()
    assert {path for path in read if path.startswith("/content/")} == set(articles)
    for path, article in articles.items():
        page = read[path]
        assert (page.title, page.source) == (article.title, article.source)
        assert page.published == article.published_at.replace(second=0, microsecond=0)
        assert page.sections[-1] == f"/{article.column}/"
        assert list(page.sections) == sorted(page.sections, key=len)
        assert "演示稿" in page.text
        assert "ICP" not in page.text
        for file in article.downloads:
            assert file.title in page.text
        if article.document_number:
            assert article.document_number in page.text


def test_every_column_is_read_with_its_purpose(read):
    site, _, _ = baked()
    for one in site.columns:
        page = read[f"/{one.path}/"]
        assert page.title == one.title
        assert one.description in page.text
        assert page.sections[-1] == f"/{one.path}/"


def test_the_shell_names_the_first_level_columns():
    site, pages, _ = baked()
    shown = {one.path: one.title for one in read_navigation(pages["~shell/top.html"])}
    assert shown == {f"/{one.path}/": one.title for one in site.columns if one.in_nav}


def test_nothing_else_of_the_site_is_found(read):
    _, pages, _ = baked()
    others = {path: data for path, data in pages.items() if path.endswith((".html", "/")) and path not in read}
    assert "/" in others
    assert all(path.startswith(("/t/", "~", "/sitemap/")) or not findable(path) for path in others)
