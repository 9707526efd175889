"""The outer zone."""

from __future__ import annotations

from .base import *  # noqa: F403
from .base import GROUND_APPS, database, gate, hosts, logging, secret_key, templates, zone_folder

TAIHE_ZONE = "outer"
TAIHE_FOLDER = zone_folder(TAIHE_ZONE)
TAIHE_KEY_DIR = TAIHE_FOLDER / "keys"
SECRET_KEY = secret_key(TAIHE_ZONE)
DATABASES = {"default": database(TAIHE_ZONE)}
TAIHE_GATE = gate(TAIHE_ZONE)
LOGGING = logging(TAIHE_ZONE)
ROOT_URLCONF = f"taihe.zones.urls_{TAIHE_ZONE}"
STATIC_ROOT = TAIHE_FOLDER / "static"
ALLOWED_HOSTS = hosts(TAIHE_ZONE)
AUTH_USER_MODEL = "outer_citizens.CitizenAccount"
SESSION_COOKIE_NAME = "outer_session"
CSRF_COOKIE_NAME = "outer_csrf"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tables2",
    *GROUND_APPS,
    "taihe.gate",
    "taihe.outer.citizens",
    "taihe.outer.portal",
    "taihe.outer.seals",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "taihe.ground.headers.SafetyHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "taihe.ground.formsafety.middleware.ParkOnExpiredSession",
    "taihe.ground.ui.refusals.RefusalMiddleware",
    "taihe.ground.formsafety.middleware.AnswerRepeats",
]
TEMPLATES = templates("taihe.ground.ui.context.shell")
