"""The hidden key: what it says comes back whole, and nothing else is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.signing import Signer
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.formsafety.keys import LONGEST, LONGEST_PAGE, FormKey, page_of


def request(path="/note/"):
    made = RequestFactory().get(path)
    made.user = AnonymousUser()
    return made


KEY = FormKey("a" * 32, "test.note", "o" * 32, "s" * 32, 1_790_000_000, "/note/", "便笺", ("phrase",))
texts = st.text(max_size=40)


@given(st.builds(FormKey, texts, texts, texts, texts, st.integers(0, 2**40), texts, texts, st.tuples(texts, texts)))
def test_what_a_key_says_comes_back(key):
    assert FormKey.read(key.text()) == key


@given(st.one_of(texts, st.none(), st.integers(), st.binary(), st.text(alphabet="ab.:-_=", max_size=200)))
def test_nothing_else_is_believed(text):
    assert FormKey.read(text) is None


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_no_letter_of_it_may_change(place, letter):
    text = KEY.text()
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    assert FormKey.read(changed) == (KEY if changed == text else None)


def test_a_key_of_another_purpose_or_release_is_none():
    said = {"key": "a", "form": "test.note"}
    assert FormKey.read(Signer(salt="another").sign_object(said)) is None
    assert FormKey.read(Signer(salt="taihe.formsafety.key").sign_object(said)) is None


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/note/", "/note/"),
        ("/note/?a=1&restore=x&b=2", "/note/?a=1&b=2"),
        ("/note/?restore=x", "/note/"),
        ("/note/?q=%E9%98%B2%E6%B1%9B", "/note/?q=%E9%98%B2%E6%B1%9B"),
        ("/note/?q=" + "x" * LONGEST_PAGE, "/note/"),
    ],
)
def test_the_page_is_told_without_the_mark_of_restoring(path, page):
    assert page_of(request(path)) == page


def test_a_page_never_leads_to_another_site():
    made = request()
    made.path = "//evil.example/note/"
    assert not page_of(made).startswith("//")


def test_a_key_fits_into_what_is_read_back():
    widest = replace(KEY, form="f" * 100, page="/" + "页" * (LONGEST_PAGE // 9), title="题" * 120)
    assert len(widest.text()) < LONGEST
