"""Filling in forms as a browser does: with the hidden values that the page gave."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Inputs(HTMLParser):
    """Collects the hidden inputs of the form that carries a one-time key."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.forms.append({})
        if tag == "input" and known.get("type") == "hidden" and self.forms:
            self.forms[-1][known.get("name") or ""] = known.get("value") or ""


def hidden_fields(page: Any, form: int = 0) -> dict[str, str]:
    """Names and values of a page's hidden inputs: of its first form with a key, or the `form`-th such."""
    reader = _Inputs()
    reader.feed(page.content.decode())
    return [one for one in reader.forms if "form_key" in one][form]


def post_form(client: Client, url: str, data: dict[str, Any] | None = None, *, form: int = 0, **more: Any) -> Any:
    """Open a page and send its form with `data` filled in; returns the answer."""
    return client.post(url, hidden_fields(client.get(url), form) | (data or {}), **more)
