"""Appointments (任职): who holds which post from when to when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .dated import Dated
from .officer import Officer
from .post import Post


class Appointment(Dated):
    """One officer in one post.  Rights begin on the first day and stop the day after the last.

    A last day before the first marks an appointment withdrawn before it began; it never held.
    """

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="appointments", verbose_name="人员")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name="岗位")
    is_main = models.BooleanField("主岗", default=False, help_text="一人同时只有一个主岗，其余为兼任")
    basis = models.CharField("任免依据", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "任职"
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=Q(is_main=True, valid_to__isnull=True), name="appointment_one_open_main"
            ),
            models.UniqueConstraint(
                fields=["officer", "post"], condition=Q(valid_to__isnull=True), name="appointment_once_per_post"
            ),
        ]
        indexes = [
            models.Index(fields=["post", "valid_to"], name="appointment_holders"),
            models.Index(fields=["officer", "valid_to"], name="appointment_of"),
        ]

    def __str__(self) -> str:
        return f"{self.officer}·{self.post}"
