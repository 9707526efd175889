"""Notes sent and notes received; nothing forbids a double, so that one would show."""

from __future__ import annotations

from django.db import models


class Note(models.Model):
    """One note."""

    outgoing = models.BooleanField()
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=200)
    place = models.CharField(max_length=40, help_text="known since version 2")
    file = models.CharField(max_length=64, blank=True, help_text="digest of what was attached")

    def __str__(self) -> str:
        return f"{self.number}"
