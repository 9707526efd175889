"""Housekeeping of the site: old events, and arrivals that no job will ever ask for."""

from __future__ import annotations

import time

from taihe.ground.outbox.registry import recurring

from . import actions
from .actions import SITE
from .disk import remove
from .trust import disk

A_WEEK = 7 * 24 * 3600


@recurring("portal.tidy_site", every_seconds=24 * 3600)
def tidy() -> None:
    """Forget events that need no longer be kept, and files whose letter was undone."""
    actions.forget_events(SITE)
    arrivals = disk().arrivals
    for file in arrivals.iterdir() if arrivals.is_dir() else ():
        if time.time() - file.lstat().st_ctime > A_WEEK:
            remove(file)
