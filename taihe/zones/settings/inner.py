"""The inner zone."""

from __future__ import annotations

import os

from .base import *  # noqa: F403
from .base import (
    GROUND_APPS,
    TAIHE_DEMO,
    TAIHE_MODE,
    database,
    gate,
    hosts,
    logging,
    secret_key,
    templates,
    zone_folder,
)

TAIHE_ZONE = "inner"
TAIHE_FOLDER = zone_folder(TAIHE_ZONE)
TAIHE_KEY_DIR = TAIHE_FOLDER / "keys"
SECRET_KEY = secret_key(TAIHE_ZONE)
DATABASES = {"default": database(TAIHE_ZONE)}
TAIHE_GATE = gate(TAIHE_ZONE)
LOGGING = logging(TAIHE_ZONE)
ROOT_URLCONF = f"taihe.zones.urls_{TAIHE_ZONE}"
STATIC_ROOT = TAIHE_FOLDER / "static"
ALLOWED_HOSTS = hosts(TAIHE_ZONE)
AUTH_USER_MODEL = "inner_people.Officer"

# Sign-in: our own pages on allauth's second factors; how long a session lasts is a rule, read at each request.
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# Passes, KiB and lanes of argon2id: RFC 9106, section 4, second recommended choice.
TAIHE_ARGON2 = tuple(int(one) for one in os.environ.get("TAIHE_ARGON2", "3:65536:4").split(":"))
PASSWORD_HASHERS = ["taihe.inner.people.signin.hashers.CountyArgon2"]
if TAIHE_MODE == "test":  # tests sign in often; those of the hash itself choose it back
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "taihe.inner.people.signin.passwords.LongEnough"},
    {"NAME": "taihe.inner.people.signin.passwords.MixedKinds"},
    {"NAME": "taihe.inner.people.signin.passwords.NotTheName"},
    {"NAME": "taihe.inner.people.signin.passwords.NotCountyWords"},
    {"NAME": "taihe.inner.people.signin.passwords.NotCommon"},
    {"NAME": "taihe.inner.people.signin.passwords.NotUsedBefore"},
]
# The prefix binds the cookie to this host over TLS; browsers refuse it on plain http, where the demo runs.
_COOKIE = "gv_inner_" if TAIHE_DEMO else "__Host-gv_inner_"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIE}session", f"{_COOKIE}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TAIHE_DEMO
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 24 * 3600  # rows of forgotten sessions; rule signin.lifetime_hours ends live ones earlier
MFA_ADAPTER = "taihe.inner.people.signin.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tables2",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *GROUND_APPS,
    "taihe.ground.shelf",
    "taihe.gate",
    "taihe.inner.people",
    "taihe.inner.security",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "taihe.ground.headers.SafetyHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "taihe.ground.formsafety.middleware.ParkOnExpiredSession",
    "taihe.inner.people.signin.middleware.SessionWatch",
    "taihe.inner.people.signin.middleware.ActorMiddleware",
    "taihe.inner.people.signin.middleware.SignInRequired",
    "taihe.inner.people.signin.middleware.Obligations",
    "taihe.ground.ui.refusals.RefusalMiddleware",
    "taihe.ground.formsafety.middleware.AnswerRepeats",
]
TEMPLATES = templates("taihe.ground.ui.context.shell")
