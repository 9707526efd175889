"""An empty database with all its tables, kept between runs: some 300 migrations take longer than most tests.

Only for SQLite in tests.  The copy is named by the digest of every migration and of the libraries that bring
their own; another migration is another copy.  The migrate command still runs over it and finds nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = ("django", "wagtail", "django-allauth", "django-taggit")


def _name() -> Path:
    seen = hashlib.sha256(" ".join(version(one) for one in LIBRARIES).encode())
    for app in sorted(apps.get_app_configs(), key=lambda one: one.label):
        seen.update(app.label.encode())
        for file in sorted((Path(app.path) / "migrations").glob("0*.py")):
            seen.update(file.name.encode())
            if app.name.startswith("taihe."):
                seen.update(file.read_bytes())
    return ROOT / "var" / "test-tables" / f"{os.environ['TAIHE_ZONE']}-{seen.hexdigest()[:16]}.sqlite3"


def install() -> None:
    """Make test databases from the kept copy, or keep one of the first that is made."""
    creation: Any = DatabaseCreation
    made, begun = creation.create_test_db, creation._create_test_db

    kept = _name()  # now, before anybody changes a migration under our feet

    def begin(self: Any, *args: Any, **options: Any) -> Any:
        named = begun(self, *args, **options)
        if kept.exists():
            # create_test_db points the connection at the new database only after this; do so for the copy's sake.
            self.connection.close()
            self.connection.settings_dict["NAME"] = named
            self.connection.ensure_connection()
            with sqlite3.connect(kept) as source:
                source.backup(self.connection.connection)
            source.close()
        return named

    def create(self: Any, *args: Any, **options: Any) -> Any:
        named = made(self, *args, **options)
        if not kept.exists() and kept == _name():
            kept.parent.mkdir(parents=True, exist_ok=True)
            for old in kept.parent.glob(f"{os.environ['TAIHE_ZONE']}-*.sqlite3"):
                old.unlink(missing_ok=True)
            draft = kept.with_suffix(f".{os.getpid()}")
            with sqlite3.connect(draft) as target:
                self.connection.connection.backup(target)
            target.close()
            draft.rename(kept)
        return named

    creation._create_test_db, creation.create_test_db = begin, create
