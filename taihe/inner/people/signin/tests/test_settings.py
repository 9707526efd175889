"""Cookies and hashes as production has them, read in a process of its own; the demo's beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]
FLAGS = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
ASKED = [f"{kind}_COOKIE_{flag}" for kind in ("SESSION", "CSRF") for flag in FLAGS]
ASKED += ["SESSION_EXPIRE_AT_BROWSER_CLOSE", "PASSWORD_HASHERS"]


def settings_in(mode: str) -> dict[str, object]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TAIHE_", "DJANGO_"))}
    env |= {"TAIHE_MODE": mode, "TAIHE_SECRET_KEY_INNER": "x" * 60, "TAIHE_HOSTS_INNER": "oa.example"}
    ask = "import json, taihe.zones.settings.inner as s; print(json.dumps({k: getattr(s, k, None) for k in %r}))"
    done = subprocess.run(
        [sys.executable, "-c", ask % (ASKED,)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("mode", ["demo", "production"])
def test_cookies_are_for_this_host_this_site_and_no_script(mode):
    found = settings_in(mode)
    for kind in ("SESSION", "CSRF"):
        assert found[f"{kind}_COOKIE_HTTPONLY"] is True
        assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    assert found["SESSION_EXPIRE_AT_BROWSER_CLOSE"] is True
    assert found["PASSWORD_HASHERS"] == ["taihe.inner.people.signin.hashers.CountyArgon2"]


def test_in_production_they_travel_over_tls_only_and_are_bound_to_the_host():
    found = settings_in("production")
    for kind in ("SESSION", "CSRF"):
        # What browsers ask of a __Host- cookie: Secure, Path=/, no Domain.
        assert str(found[f"{kind}_COOKIE_NAME"]).startswith("__Host-")
        assert found[f"{kind}_COOKIE_SECURE"] is True
        assert found[f"{kind}_COOKIE_PATH"] in ("/", None)
        assert found[f"{kind}_COOKIE_DOMAIN"] is None
    assert settings_in("demo")["SESSION_COOKIE_NAME"] == "gv_inner_session"
