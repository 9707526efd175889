"""Common phrases (常用语): what an officer writes again and again in opinions."""

from __future__ import annotations

from django.db import models

from taihe.inner.people.models import Officer


class CommonPhrase(models.Model):
    """One phrase of one officer."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+")
    text = models.CharField("常用语", max_length=200)
    order = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "常用语"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["officer", "text"], name="phrase_once")]

    def __str__(self) -> str:
        return self.text
