"""A client on the kit's own addresses that needs no database."""

from __future__ import annotations

import pytest
from django.test import Client

from taihe.ground.ui import context, gallery, nav

REFUSALS = "taihe.ground.ui.refusals.RefusalMiddleware"


@pytest.fixture
def pages(settings, monkeypatch) -> Client:
    # Whatever higher modules registered leads to addresses that are not here; theirs have a namespace.
    monkeypatch.setattr(context, "_providers", context._Providers())
    assert gallery.urlpatterns
    own = {key: item for key, item in nav._items.items() if ":" not in item.url_name}
    monkeypatch.setattr(nav, "_items", own)
    settings.ROOT_URLCONF = "taihe.ground.ui.tests.urls"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.CSRF_FAILURE_VIEW = "taihe.ground.ui.refusals.csrf_failure"
    settings.TAIHE_DEMO = True
    kept = ("Session", "Common", "Csrf", "Message")
    found = [name for name in settings.MIDDLEWARE if name.startswith("django.") and any(word in name for word in kept)]
    settings.MIDDLEWARE = [*found, REFUSALS]
    return Client()


@pytest.fixture
def draw(pages):
    """`draw("{% icon 'inbox' %}", name=value)` renders a scrap of template."""
    from django.template import Context, Template

    def render(source: str, **known: object) -> str:
        return Template("{% load gov %}" + source).render(Context(known))

    return render
