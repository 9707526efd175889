"""Everything that must stand before a zone's processes start: folders, keys, tables, static files."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def enter(zone: str) -> None:
    """Make this process one of a zone's: choose its settings and load its apps.  Once per process."""
    os.environ["TAIHE_ZONE"] = zone
    os.environ["DJANGO_SETTINGS_MODULE"] = f"taihe.zones.settings.{zone}"
    import django

    django.setup()


def migrations_stamp() -> str:
    """A digest over the names and contents of every migration of the house and the libraries' versions."""
    whole = hashlib.sha256(sys.version.encode())
    for file in sorted((REPOSITORY / "taihe").glob("**/migrations/*.py")):
        whole.update(str(file.relative_to(REPOSITORY)).encode() + file.read_bytes())
    lock = REPOSITORY / "requirements.lock"
    whole.update(lock.read_bytes() if lock.exists() else b"")
    return whole.hexdigest()


def migrate(*, always: bool = False) -> bool:
    """Bring the entered zone's tables up to date; returns False when the stamp says they are."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    stamp = Path(settings.TAIHE_FOLDER) / f"migrated-{connection.vendor}"
    wanted = migrations_stamp()
    there = connection.vendor != "sqlite" or Path(settings.DATABASES["default"]["NAME"]).exists()
    if not always and there and stamp.exists() and stamp.read_text() == wanted:
        return False
    Path(settings.TAIHE_FOLDER).mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=1)
    stamp.write_text(wanted)
    return True
