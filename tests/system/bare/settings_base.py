"""What both bare zones share: the gate, the queue and the record, and no feature of the county but the toy."""

from __future__ import annotations

from taihe.zones.settings.base import *  # noqa: F403

BARE_APPS = ["taihe.ground.audit", "taihe.ground.outbox", "taihe.gate", "tests.system.bare.toys"]
