"""Why a colleague's phone number may be opened."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.ground.vault.purposes import register_purpose
from taihe.ground.vault.sealed import Sealed

CONTACT = "people.contact"
ACCOUNT = "people.account"


def _officer(actor: Actor, value: Sealed) -> bool:
    return actor.kind == "officer"


def _oneself(actor: Actor, value: Sealed) -> bool:
    return actor.kind == "officer" and value.subject == actor.person_id


register_purpose(CONTACT, title="联系同事", kinds=["phone"], allowed=_officer)
register_purpose(ACCOUNT, title="核对本人资料", kinds=["phone"], allowed=_oneself)
