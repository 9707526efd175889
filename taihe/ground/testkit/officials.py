"""A browser in which an invented official is signed in, for pages of ground and gate, which know no officers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.ui import context, nav

CLERK = Actor("officer", "7", "示一甲", "12", "运维岗", "ZF01", "县政府办公室")
KEPT = ("Session", "Common", "Csrf", "AuthenticationMiddleware", "Message")


@dataclass
class Official:
    """The browser, and what its owner may do."""

    client: Client
    permissions: set[str] = field(default_factory=set)

    def may(self, *permissions: str) -> None:
        """Grant permissions for the rest of the test."""
        self.permissions |= set(permissions)


@pytest.fixture
def official(settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Official]:
    """An official without any permission; the test's module gives the addresses as its ``urlpatterns``."""
    module: ModuleType = request.module
    one = Official(Client())
    monkeypatch.setattr(access, "_answers", access._Answers())
    access.set_access(actor_of=lambda request: CLERK, may=lambda actor, permission: permission in one.permissions)
    monkeypatch.setattr(context, "_providers", context._Providers(person=lambda request: context.Person("示一甲")))
    monkeypatch.setattr(nav, "_items", {})
    settings.ROOT_URLCONF = module.__name__
    settings.TAIHE_ZONE = "inner"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    found = [name for name in settings.MIDDLEWARE if name.startswith("django.") and any(word in name for word in KEPT)]
    own = ["taihe.ground.ui.refusals.RefusalMiddleware", "taihe.ground.formsafety.middleware.AnswerRepeats"]
    settings.MIDDLEWARE = [*found, *own]
    yield one
