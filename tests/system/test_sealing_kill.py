"""kill -9 during 用印: whatever dies where, one sealed original, one line in the seal's register, one completed step.

The worker runs as `make run` starts it and dies at a named place, several times, before one is left to live.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from .house import ROOT, House, house_from, lay_out, until
from .test_killpoints import places
from .test_publishing import WHOLE, Desk

pytestmark = pytest.mark.kill

PLACES = [one for one in places() if one.startswith("documents.seal")]
# The demo county without its site, and one seal.
SEED = """
from taihe.zones import prepare
prepare.enter("inner")
from pathlib import Path
from django.conf import settings
from taihe.inner.office.documents import seeds as series
from taihe.inner.office.documents.models import Series
from taihe.inner.people import seeds as people
from taihe.inner.seals.seeds import demo_seals
from taihe.inner.workflow.seeds import load_flows
folder = Path(settings.COUNTY_DIR)
people.load_county(folder)
load_flows(folder / "flows")
series.load(folder)
people.load_demo(folder)
demo_seals((one.seal_organ, one.signature) for one in Series.objects.filter(code="太政办"))
"""
DEATHS = int(os.environ.get("TAIHE_SEAL_KILLS", "2"))  # at each place; a sealing is given up after the fifth try


class SealDesk(Desk):
    """The county office's people (`sealdesk`)."""

    module = "tests.system.sealdesk"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Iterator[House]:
    """The demo county with its series and seals; only the worker runs, and only when a test starts it."""
    template = lay_out(tmp_path_factory.mktemp("county") / "var", bare=False)
    seeded = House(template, False, {"inner": WHOLE, "outer": WHOLE})
    subprocess.run([sys.executable, "-c", SEED], cwd=ROOT, env=seeded.env("inner"), check=True)
    with house_from(template, tmp_path_factory.mktemp("run") / "var", bare=False, inner=WHOLE, outer=WHOLE) as house:
        yield house


def test_places_are_there():
    assert len(PLACES) >= 6


@pytest.fixture(scope="module")
def desk(county) -> Iterator[SealDesk]:
    made = SealDesk(county)
    yield made
    made.close()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_half_sealed_and_nothing_twice(county, desk, place):
    asked = desk.ask(title=f"太和县人民政府办公室关于做好演示工作的通知（{place.rpartition('_')[2]}）")
    document, item = asked["document"], asked["item"]
    for _ in range(DEATHS):
        worker = county.execute("inner", "worker", TAIHE_KILLPOINT=place)
        if _state(county, asked["job"]) == "done":
            worker.kill()  # only the place after the commit lets it be done and dead at once
            continue
        assert worker.wait() == -9, "it ended by itself"
        _check_nothing_half(county, document, item)
    worker = county.execute("inner", "worker")
    until(lambda: _state(county, asked["job"]) == "done", "the document is sealed")
    worker.kill()
    county.forget_ended()
    _check_sealed_once(county, document, item)


def _state(house: House, job: int) -> str:
    return str(house.rows("inner", "select state from office_documents_sealjob where id=?", job)[0][0])


def _figures(house: House, document: int, item: int) -> tuple[int, int, int]:
    """Originals attached, uses registered, steps completed."""
    originals = house.number(
        "inner",
        "select count(*) from ground_files_attachment where owner_type='documents.document' and owner_id=? "
        "and purpose='正本' and removed_at is null",
        str(document),
    )
    uses = house.number("inner", "select count(*) from inner_seals_sealuse where subject_id=?", str(document))
    done = house.number("inner", "select count(*) from inner_workflow_workitem where id=? and status='done'", item)
    return originals, uses, done


def _check_nothing_half(house: House, document: int, item: int) -> None:
    """All three, or none of them, and the document agrees."""
    figures = _figures(house, document, item)
    ((state, pdf),) = house.rows("inner", "select state, pdf from office_documents_document where id=?", document)
    assert (figures, state, bool(pdf)) in (((0, 0, 0), "numbered", False), ((1, 1, 1), "sealed", True))


def _check_sealed_once(house: House, document: int, item: int) -> None:
    assert _figures(house, document, item) == (1, 1, 1)
    ((state, sha256),) = house.rows(
        "inner", "select state, pdf_sha256 from office_documents_document where id=?", document
    )
    assert state == "sealed" and (house.var / "inner" / "files" / sha256[:2] / sha256[2:4] / sha256).exists()
    onward = "select count(*) from inner_workflow_workitem where node='distribute' and parent_id=?"
    assert house.number("inner", onward, item) >= 1
