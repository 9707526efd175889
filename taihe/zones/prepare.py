"""Everything that must stand before a zone's processes start: tables, static files, the county's data."""

from __future__ import annotations

import hashlib
import os
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def enter(zone: str) -> None:
    """Make this process one of a zone's: choose its settings and load its apps.  Once per process."""
    os.environ["TAIHE_ZONE"] = zone
    testing = os.environ.get("TAIHE_SETTINGS") if os.environ.get("TAIHE_MODE") == "test" else None
    os.environ["DJANGO_SETTINGS_MODULE"] = testing or f"taihe.zones.settings.{zone}"
    import django

    django.setup()


def _stamp(files: Iterable[Path]) -> str:
    whole = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        whole.update(str(file.relative_to(REPOSITORY) if file.is_relative_to(REPOSITORY) else file).encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()


def migrations_stamp() -> str:
    """A digest over every migration of the house and the locked libraries."""
    return _stamp([*(REPOSITORY / "taihe").glob("**/migrations/*.py"), REPOSITORY / "requirements.lock"])


def static_stamp() -> str:
    """A digest over every static file of the house."""
    files = (file for file in (REPOSITORY / "taihe").glob("**/static/**/*") if file.is_file())
    return _stamp([*files, REPOSITORY / "requirements.lock"])


def county_stamp(county: Path) -> str:
    """A digest over the county folder's tables and flows (the rules and words are read as they stand)."""
    kinds = ("*.csv", "demo/*.csv", "*.toml", "*.yaml", "flows/*.bpmn")
    return _stamp([file for kind in kinds for file in county.glob(kind)])


def _wanted(zone: str, county: Path) -> dict[str, str]:
    stamps = {"migrated": migrations_stamp(), "static": static_stamp()}
    if zone == "inner":
        stamps["county"] = county_stamp(county)
    return stamps


def _database_name() -> str:
    return os.environ.get("TAIHE_DB", "sqlite")


def _fresh(folder: Path, name: str, wanted: str) -> bool:
    file = folder / f"stamp-{name}-{_database_name()}"
    return file.exists() and file.read_text() == wanted


def is_ready(folder: Path, zone: str, county: Path) -> bool:
    """Whether a zone's stamps all match, so that nothing need be done before it starts."""
    if _database_name() == "sqlite" and not (folder / "db.sqlite3").exists():
        return False
    return all(_fresh(folder, name, wanted) for name, wanted in _wanted(zone, county).items())


def prepare(zone: str) -> None:
    """Bring the entered zone up to date: tables, static files and (inner) the county, each by its stamp."""
    from django.conf import settings
    from django.core.management import call_command

    folder, county = Path(settings.TAIHE_FOLDER), Path(settings.COUNTY_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    missing = _database_name() == "sqlite" and not (folder / "db.sqlite3").exists()
    steps: dict[str, Callable[[], object]] = {
        "migrated": lambda: call_command("migrate", interactive=False, verbosity=0),
        "static": lambda: call_command("collectstatic", interactive=False, verbosity=0, clear=True),
        "county": lambda: load_county(county, demo=settings.TAIHE_DEMO),
    }
    for name, wanted in _wanted(zone, county).items():
        if missing or not _fresh(folder, name, wanted):
            steps[name]()
            (folder / f"stamp-{name}-{_database_name()}").write_text(wanted)


def load_county(county: Path, *, demo: bool) -> None:
    """Put the county's organs, posts, roles, flows and columns in place; in demo mode its invented people and site."""
    from taihe.ground import clock
    from taihe.inner.office.documents import seeds as document_seeds
    from taihe.inner.people import seeds
    from taihe.inner.people.signin.demo import bind_demo_factors
    from taihe.inner.portal.seeds import seed_site
    from taihe.inner.seals.seeds import demo_seals
    from taihe.inner.workflow.seeds import load_flows

    seeds.load_county(county)
    load_flows(county / "flows")
    document_seeds.load(county)
    if demo:
        seeds.load_demo(county)
        bind_demo_factors()
        demo_seals(document_seeds.seal_names())
    seed_site(county / "demo" / "portal", clock.today(), demo=demo)


def demo_lines(county: Path) -> list[str]:
    """The demo accounts as lines for the start banner."""
    file = county / "county.toml"
    demo = tomllib.loads(file.read_text("utf-8")).get("demo", {}) if file.exists() else {}
    accounts = demo.get("accounts", {})
    lines = [f"演示账号 {name}：{title}" for name, title in accounts.items()]
    return [*lines, f"演示密码（所有账号相同）：{demo['password']}"] if "password" in demo else lines
