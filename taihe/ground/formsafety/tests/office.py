"""Opens the tiny office of urls.py for tests, here and in tests/races."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taihe.ground.testkit.alone import stand_alone
from taihe.ground.vault.sealed import zone_vault

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "taihe.ground.formsafety.middleware.ParkOnExpiredSession",
    "taihe.ground.ui.refusals.RefusalMiddleware",
    "taihe.ground.formsafety.middleware.AnswerRepeats",
]


def open_office(settings: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> ModuleType:
    """The office's module, with vault keys and the middleware in the zones' order."""
    from taihe.ground.formsafety.tests import urls

    stand_alone(monkeypatch)
    urls.notes.clear()
    settings.TAIHE_KEY_DIR = folder / "keys"
    zone_vault().ensure()
    settings.ROOT_URLCONF = "taihe.ground.formsafety.tests.urls"
    settings.LOGIN_URL = "/sign-in/"
    settings.MIDDLEWARE = MIDDLEWARE
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return urls
