"""Officers."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class Officer(AbstractBaseUser, PermissionsMixin):
    """One person who works for the county."""

    sign_in_name = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["Officer"]()
    USERNAME_FIELD = "sign_in_name"

    def __str__(self) -> str:
        return self.name
