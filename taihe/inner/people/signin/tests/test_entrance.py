"""Through the door and out again."""

from __future__ import annotations

import pytest

from .conftest import code, enter, signed_in

pytestmark = pytest.mark.django_db


def test_smoke(client, person):
    assert client.get("/signin/").status_code == 200
    answer = enter(client, person)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client)
    for path in (
        "/account/",
        "/account/password/",
        "/account/second/",
        "/account/second/totp/",
        "/account/sessions/",
        "/account/second/codes/",
        "/account/second/passkeys/add/",
    ):
        page = client.get(path, headers={"host": "localhost"})
        assert page.status_code == 200, path
    assert client.post("/signout/")["Location"] == "/signout/done/"
    assert not signed_in(client)
    assert client.get("/signout/done/").status_code == 200


def test_smoke_totp(client, bound):
    answer = enter(client, bound)
    assert answer["Location"] == "/signin/second/"
    assert client.get("/signin/second/").status_code == 200
    answer = client.post("/signin/second/", {"code": code()})
    assert answer["Location"] == "/"
