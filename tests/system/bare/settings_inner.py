"""The bare inner zone."""

from __future__ import annotations

from .settings_base import *  # noqa: F403
from .settings_base import BARE_APPS, database, gate, logging, zone_folder

TAIHE_ZONE = "inner"
TAIHE_FOLDER = zone_folder(TAIHE_ZONE)
TAIHE_KEY_DIR = TAIHE_FOLDER / "keys"
SECRET_KEY = "bare"
DATABASES = {"default": database(TAIHE_ZONE)}
TAIHE_GATE = gate(TAIHE_ZONE)
LOGGING = logging(TAIHE_ZONE)
INSTALLED_APPS = BARE_APPS
