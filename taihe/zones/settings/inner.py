"""The inner zone."""

from __future__ import annotations

import os
from pathlib import Path

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
# Who puts seals on papers (taihe.inner.seals.provider); production seals only with a certified one.
TAIHE_SEAL_PROVIDER = os.environ.get("TAIHE_SEAL_PROVIDER", "internal")

# Sign-in: our own pages on allauth's second factors; how long a session lasts is a rule, read at each request.
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "taihe.inner.portal.desk.policy.DeskBackend",  # signs nobody in; opens the editors' desk to whoever writes there
]
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
    "taihe.inner.workflow",
    "taihe.inner.security",
    # The editors' desk (Wagtail): only what it needs to stand; no API, redirects, forms or embeds.
    "wagtail.contrib.table_block",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "taihe.inner.seals",
    "taihe.inner.office.documents",
    "taihe.inner.portal",  # after Wagtail, whose answers about rights and publishing it takes over at start
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
# Before every app's own: the desk's frame is Wagtail's under our name.
TEMPLATES[0]["DIRS"] = [Path(__file__).resolve().parents[2] / "inner" / "portal" / "desk" / "templates"]

# Wagtail tells of every page it saves and every small task: our audit says it better.
LOGGING["loggers"] = {name: {"level": "WARNING"} for name in ("django_tasks", "wagtail")}
# The editors' desk (ADR 21).  Wagtail's own review, publishing, accounts and calls to the outside are off.
WAGTAIL_SITE_NAME = "太和县人民政府网站采编"
WAGTAILADMIN_BASE_URL = ""
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAIL_AUTOSAVE_INTERVAL = 0  # every save is a revision on record: an editor saves when he means it
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 1
WAGTAILIMAGES_IMAGE_MODEL = "inner_portal.PortalImage"
WAGTAILDOCS_DOCUMENT_MODEL = "inner_portal.PortalDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "taihe.inner.portal.desk.forms.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "taihe.inner.portal.desk.forms.DocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
# Titles are Chinese, which the database's own word search cannot take apart: plain containment finds them.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback", "AUTO_UPDATE": False}}
MEDIA_ROOT = TAIHE_FOLDER / "portal" / "desk"
MEDIA_URL = "/cms/media/"
