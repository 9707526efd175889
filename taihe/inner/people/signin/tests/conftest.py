"""An officer at the door: `person` with a password, `enter(client, person)` to go through it."""

from __future__ import annotations

import pytest
from django.test import Client

from taihe.inner.people.signin.demo import code_at
from taihe.inner.people.tests.conftest import vault_keys  # noqa: F401  a fixture
from taihe.inner.people.tests.factories import OfficerFactory

PASSWORD = "Qinghe-River-77"
SECRET = "TAIHEYANSHIDEMO2TAIHEYANSHIDEMO2"


def step_now() -> int:
    from taihe.ground import clock

    return int(clock.now().timestamp()) // 30


def code(offset: int = 0, secret: str = SECRET) -> str:
    """The TOTP code `offset` steps from now."""
    return code_at(secret, step_now() + offset)


def enter(client: Client, person, password: str = PASSWORD, **more):
    """Post the sign-in form."""
    return client.post("/signin/", {"name": person.sign_in_name, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def person(db, vault_keys):  # noqa: F811
    return OfficerFactory(appointed=True, password=PASSWORD)


@pytest.fixture
def bound(person):
    """The same officer with an authenticator app bound to SECRET."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.utils import encrypt

    Authenticator.objects.create(user=person, type="totp", data={"secret": encrypt(SECRET)})
    RecoveryCodes.activate(person)
    return person
