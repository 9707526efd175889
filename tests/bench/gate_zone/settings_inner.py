"""The inner zone of the gate's bench."""

from __future__ import annotations

from taihe.zones.settings.base import *  # noqa: F403
from taihe.zones.settings.base import database, gate, logging, zone_folder

TAIHE_ZONE = "inner"
TAIHE_FOLDER = zone_folder(TAIHE_ZONE)
TAIHE_KEY_DIR = TAIHE_FOLDER / "keys"
SECRET_KEY = "bench"
DATABASES = {"default": database(TAIHE_ZONE)}
TAIHE_GATE = gate(TAIHE_ZONE)
LOGGING = logging(TAIHE_ZONE)
INSTALLED_APPS = ["taihe.ground.audit", "taihe.ground.outbox", "taihe.gate", "tests.bench.gate_zone"]
