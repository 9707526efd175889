"""Argon2id with the cost the county chose (settings.TAIHE_ARGON2: passes, KiB, lanes)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher


class CountyArgon2(Argon2PasswordHasher):
    """Cost from the settings; hashes of another cost are renewed at the next sign-in (RFC 9106, section 4)."""

    def __init__(self) -> None:
        self.time_cost, self.memory_cost, self.parallelism = settings.TAIHE_ARGON2
