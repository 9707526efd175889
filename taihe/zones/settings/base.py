"""What both zones share: where things lie, how the database is opened, how the web answers.

Everything that differs between machines comes from the environment:

TAIHE_MODE      demo (default), production, or test
TAIHE_VAR       data folder; each zone has its own below it
TAIHE_COUNTY_DIR the county folder (default config/taihe)
TAIHE_DB        sqlite (default) or postgres, with TAIHE_PG_DSN_INNER / _OUTER
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from taihe.ground.errors import BadSetup

REPOSITORY = Path(__file__).resolve().parents[3]
TAIHE_MODE = os.environ.get("TAIHE_MODE", "demo")
TAIHE_DEMO = TAIHE_MODE != "production"
VAR = Path(os.environ.get("TAIHE_VAR", REPOSITORY / "var")).resolve()
COUNTY_DIR = Path(os.environ.get("TAIHE_COUNTY_DIR", REPOSITORY / "config" / "taihe")).resolve()
TAIHE_COUNTY: dict[str, Any] = (
    tomllib.loads((COUNTY_DIR / "county.toml").read_text("utf-8")) if (COUNTY_DIR / "county.toml").exists() else {}
)

DEBUG = os.environ.get("TAIHE_DEBUG") == "1" and TAIHE_MODE != "production"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TAIHE_MODE == "production"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Networks of the proxies before us (nginx), comma-separated: only they may say for whom, and how, a request comes.
TAIHE_TRUSTED_PROXIES = tuple(
    one.strip() for one in os.environ.get("TAIHE_TRUSTED_PROXIES", "").split(",") if one.strip()
)
SECURE_HSTS_SECONDS = 31_536_000 if TAIHE_MODE == "production" else 0
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# A little above what one attachment may be (rule files.file_mb), so that the refusal comes in the form's own words.
TAIHE_MAX_BODY = int(os.environ.get("TAIHE_MAX_BODY", 110 * 1024 * 1024))
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "taihe.ground.formsafety.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TAIHE_MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
GROUND_APPS = [
    "taihe.ground.audit",
    "taihe.ground.files",
    "taihe.ground.formsafety",
    "taihe.ground.outbox",
    "taihe.ground.registers",
    "taihe.ground.search",
    "taihe.ground.ui",
    "taihe.ground.workdays",
]

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=268435456; "
    "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
)


def zone_folder(zone: str) -> Path:
    """Where one zone keeps its database, keys and files."""
    return VAR / zone


def hosts(zone: str) -> list[str]:
    """The names visitors use, from TAIHE_HOSTS_<ZONE>; anything goes in the demo."""
    given = os.environ.get(f"TAIHE_HOSTS_{zone.upper()}", "")
    return [one.strip() for one in given.split(",") if one.strip()] or (["*"] if TAIHE_DEMO else [])


def secret_key(zone: str) -> str:
    """The zone's web secret, from TAIHE_SECRET_KEY_<ZONE> or the key folder.

    Raises BadSetup in production when neither holds one; other modes make one on first use.
    """
    given = os.environ.get(f"TAIHE_SECRET_KEY_{zone.upper()}")
    if given:
        return given
    file = zone_folder(zone) / "keys" / "web-secret"
    if file.exists():
        return file.read_text("ascii").strip()
    if TAIHE_MODE == "production":
        raise BadSetup(
            what=f"生产模式缺少 {zone} 区的网站密钥（{file} 或环境变量 TAIHE_SECRET_KEY_{zone.upper()}）。",
            fix="请先运行 taihe setup 生成密钥。",
        )
    return f"not-yet-made-{zone}"


def _postgres(zone: str) -> dict[str, Any]:
    dsn = os.environ.get(f"TAIHE_PG_DSN_{zone.upper()}") or os.environ.get("TAIHE_PG_DSN")
    if not dsn:
        raise BadSetup(
            what=f"使用 PostgreSQL 但没有给出 TAIHE_PG_DSN_{zone.upper()}。", fix="请在环境变量中写明连接串。"
        )
    parts = urlsplit(dsn)
    options = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or f"taihe_{zone}",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": f"test_taihe_{zone}"},
    }


def database(zone: str) -> dict[str, Any]:
    """The zone's own database: SQLite embedded, PostgreSQL in production."""
    if os.environ.get("TAIHE_DB", "sqlite") == "postgres":
        return _postgres(zone)
    secure_delete = " PRAGMA secure_delete=ON;" if zone == "outer" else ""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": zone_folder(zone) / "db.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_INIT + secure_delete,
        },
    }


def templates(*processors: str) -> list[dict[str, Any]]:
    """The one template engine, with the shell's context."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.messages.context_processors.messages",
                    *processors,
                ]
            },
        }
    ]


def logging(zone: str) -> dict[str, Any]:
    """Plain lines on the error stream; the supervisor prefixes them."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(levelname).1s %(name)s %(message)s"}},
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": os.environ.get("TAIHE_LOG", "INFO")},
    }


def gate(zone: str) -> dict[str, Any]:
    """This zone's half of the gate: its folders, its peer and how patient it is (seconds, bytes)."""
    peer = "outer" if zone == "inner" else "inner"
    spool = Path(os.environ.get("TAIHE_SPOOL", VAR / "gate"))
    return {
        "zone": zone,
        "peer": peer,
        "out": Path(os.environ.get("TAIHE_GATE_OUT", spool / f"{zone}-to-{peer}")),
        "in": Path(os.environ.get("TAIHE_GATE_IN", spool / f"{peer}-to-{zone}")),
        "acknowledged": os.environ.get("TAIHE_GATE_ONE_WAY", "") != "1",
        "resend_seconds": float(os.environ.get("TAIHE_GATE_RESEND", "30")),
        "heartbeat_seconds": int(os.environ.get("TAIHE_GATE_HEARTBEAT", "30")),
        "sm2": os.environ.get("TAIHE_GATE_SM2", "1" if TAIHE_MODE == "production" else "") == "1",
    }
