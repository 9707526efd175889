"""Who a visitor is once signed in: an opaque handle, never a name or a number.

Only the account itself lives here; what identifies the person is sealed and belongs to later tables.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class CitizenAccount(AbstractBaseUser):
    """One account of a person or an enterprise."""

    handle = models.CharField(max_length=40, unique=True, help_text="随机账号编号，不含个人信息")
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["CitizenAccount"]()

    USERNAME_FIELD = "handle"

    class Meta:
        verbose_name = "用户账号"

    def __str__(self) -> str:
        return self.handle
