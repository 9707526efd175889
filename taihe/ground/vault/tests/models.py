"""A table that exists in tests only: its own registry keeps it out of the zones' app lists."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import models

from taihe.ground.vault.fields import BlindIndex, VaultField, VaultRow

registry = Apps()


class Person(VaultRow):
    """One invented person."""

    title = models.CharField(max_length=20, blank=True)
    # The index stands before its field on purpose: the order of columns must not matter.
    phone_index = BlindIndex("phone")
    # Columns of the house hold "" rather than null; null is here to be tested.
    phone = VaultField(kind="phone", verbose_name="手机号", null=True, blank=True)  # type: ignore[misc]
    id_card = VaultField(kind="id_card", verbose_name="身份证号", blank=True, default="")
    id_card_index = BlindIndex("id_card")

    class Meta:
        apps = registry
        app_label = "vault_tests"

    def __str__(self) -> str:
        return f"第{self.pk}人"
