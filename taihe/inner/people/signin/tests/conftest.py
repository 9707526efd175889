"""An officer at the door: `person` with a password, `bound` with an authenticator app, `enter` to go through."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.test import Client

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.inner.people.signin.demo import code_at
from taihe.inner.people.tests.conftest import vault_keys  # noqa: F401  a fixture
from taihe.inner.people.tests.factories import OfficerFactory

PASSWORD = "Qinghe-River-77"
SECRET = "TAIHEYANSHIDEMO2TAIHEYANSHIDEMO2"


def code(offset: int = 0, secret: str = SECRET) -> str:
    """The TOTP code `offset` steps from now."""
    return code_at(secret, int(clock.now().timestamp()) // 30 + offset)


def enter(client: Client, person, password: str = PASSWORD, *, second: str = "", **more):
    """Post the sign-in form and, when given, the second step's code."""
    name = person if isinstance(person, str) else person.sign_in_name
    answer = client.post("/signin/", {"name": name, "password": password, **more})
    return client.post("/signin/second/", {"code": second}) if second else answer


def signed_in(client: Client) -> bool:
    """Whether the server still knows this browser's session."""
    return client.get("/account/sessions/").status_code == 200


def entries(action: str, **more) -> list[AuditEntry]:
    """What the record says of one kind of act, oldest first."""
    return list(AuditEntry.objects.filter(action=action, **more).order_by("pk"))


def bind(person) -> list[str]:
    """Bind an authenticator app with SECRET; returns the recovery codes."""
    Authenticator.objects.create(user=person, type="totp", data={"secret": encrypt(SECRET)})
    return RecoveryCodes.activate(person).generate_codes()


@pytest.fixture
def person(db, vault_keys):  # noqa: F811
    return OfficerFactory(appointed=True, password=PASSWORD)


@pytest.fixture
def bound(person):
    bind(person)
    return person


@pytest.fixture
def desk(person):
    """A browser in which `person` is signed in."""
    client = Client()
    enter(client, person)
    return client
