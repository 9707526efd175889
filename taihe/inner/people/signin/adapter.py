"""What allauth's second factors ask of the house: where secrets are sealed, and under which name we appear."""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from taihe.ground.vault.sealed import zone_vault

from ..models import Officer

_PLACE = "signin.factor"
ISSUER = "太和县政务协同办公系统"


class FactorAdapter(DefaultMFAAdapter):
    """Secrets rest in the zone's vault; labels are the sign-in name, marked in the demo."""

    def encrypt(self, text: str) -> str:
        """Seal a TOTP secret or the seed of recovery codes."""
        return zone_vault().seal(text.encode(), _PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again.  Raises VaultTampered, VaultKeyLost."""
        return zone_vault().open(encrypted_text, _PLACE).decode()

    def get_totp_issuer(self) -> str:
        """The name shown in the authenticator app."""
        return ISSUER + ("（演示）" if settings.TAIHE_DEMO else "")

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name people open; an IP address cannot have any."""
        return {"id": context.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        """The officer as a passkey shows him."""
        entity: dict[str, object] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.name} if isinstance(user, Officer) else entity
