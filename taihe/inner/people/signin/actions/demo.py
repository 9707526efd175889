"""The demo's known second factor: anyone who tries the demo can compute its codes, so it never exists elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.conf import settings

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadSetup

from ...models import Officer
from ..queries import without_totp


@action("signin.give_demo_factors")
def give_demo_factors(actor: Actor, sign_in_names: Iterable[str], secret: str) -> int:
    """Bind the demo's TOTP secret to named accounts that have none yet; returns how many.

    Raises BadSetup outside the demo.
    """
    if not settings.TAIHE_DEMO:
        raise BadSetup(what="演示动态口令只能用于演示环境。", fix="请在演示模式下载入演示数据。")
    people = list(Officer.objects.filter(sign_in_name__in=without_totp(list(sign_in_names))))
    for person in people:
        Authenticator.objects.create(
            user=person,
            type=Authenticator.Type.TOTP,
            data={"secret": encrypt(secret)},
            created_at=clock.now(),
        )
        RecoveryCodes.activate(person)
    record(("demo", "second_factor", "演示动态口令"), detail={"accounts": [one.sign_in_name for one in people]})
    return len(people)
