"""What time takes away: sessions nobody came back to, old failure counts, old session notes."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.rules import rule

from ...models import SessionNote, SignInGuard
from ..queries import dead_sessions, overdue_sessions
from .sessions import end_notes


def end_overdue() -> int:
    """End sessions past their idle time or lifetime whose browser never returned; returns how many."""
    idle_before = clock.now() - timedelta(minutes=rule("signin.idle_minutes") + 1)
    begun_before = clock.now() - timedelta(hours=rule("signin.lifetime_hours"))
    late = overdue_sessions(idle_before, begun_before)
    for officer, notes in groupby(sorted(late, key=lambda one: one.officer_id), key=lambda one: one.officer):
        end_notes(Actor.system("会话清理"), officer, list(notes), SessionNote.Ended.IDLE)
    return len(late)


def purge() -> None:
    """Forget what has served its days; runs inside the worker's unit of work."""
    now = clock.now()
    quiet = SignInGuard.objects.filter(last_at__lt=now - timedelta(days=rule("signin.guard_keep_days")))
    quiet.exclude(locked_until__gt=now).delete()
    old = now - timedelta(days=rule("signin.session_keep_days"))
    SessionNote.objects.filter(ended_at__lt=old).delete()
    dead_sessions().delete()
