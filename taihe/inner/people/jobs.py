"""What changes by the calendar alone: who holds a post today."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.outbox.registry import recurring
from taihe.ground.search.sources import touch_many

from .models import Appointment
from .search import OFFICER


@recurring("people.day_begins", every_seconds=3600)
def day_begins() -> None:
    """Search shows the posts of the day: look again at everybody whose appointment has just begun or ended."""
    today = clock.today()
    changed = Appointment.objects.filter(Q(valid_from=today) | Q(valid_to=today - timedelta(days=1)))
    touch_many(OFFICER, set(changed.values_list("officer_id", flat=True)))
