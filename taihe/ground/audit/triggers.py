"""The database's own refusal to change or remove what was recorded.

Installed by migrations for every append-only table; `drop` exists for the test session, which must
empty tables between tests, and for nothing else.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ("ground_audit_auditentry", "ground_audit_auditbatch", "ground_audit_auditsealed")
_further: list[str] = []


def register(table: str) -> None:
    """Name a further table whose migration installs these triggers, so that the test session may empty it."""
    if table not in _further:
        _further.append(table)


def tables() -> tuple[str, ...]:
    """Every append-only table of the zone."""
    return (*APPEND_ONLY, *_further)


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make a table append-only: no UPDATE, DELETE or TRUNCATE, whoever asks."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION taihe_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION taihe_append_only()"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION taihe_append_only()"
        )


def drop(connection: BaseDatabaseWrapper, table: str) -> None:
    """Undo `install`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            return
        for name in ("no_change", "no_truncate"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
