"""How fast the public site is made: a full bake of 20,000 articles, and what one new article costs at that size.

One process on one core, pages only (no compression, no signing).  The peer of the full bake renders the very same
article pages and keeps nothing between them: head, navigation and foot each time, as a live site does at the least.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from . import setting

ARTICLES = 20_000
SAMPLE = 2_000
ROUNDS = 5


def run() -> list[dict[str, Any]]:
    """Pages a second and milliseconds; the best of some rounds where a round is short."""
    setting.stand_up("inner", "bake")
    setting.stay_on_core(setting.server_and_load_cores()[0])
    from taihe.inner.portal.baking import Edition
    from taihe.inner.portal.baking.tests import samples

    source = samples.big_site(ARTICLES)
    begun = time.perf_counter()
    edition = Edition(source)
    pages = sum(1 for _ in edition.bake())
    full = pages / (time.perf_counter() - begun)
    kept, anew = _one_more(source, edition)
    return [
        _row(
            f"bake.full {ARTICLES:,} articles",
            full,
            "pages/s",
            "same pages, nothing kept between them",
            _naive(edition),
        ),
        _row(f"bake.one new article at {ARTICLES:,}", kept, "ms", "keys of all pages reckoned anew", anew),
    ]


def _naive(edition: Any) -> float:
    from taihe.inner.portal.baking.edition import Edition
    from taihe.inner.portal.baking.render import Writer

    wanted = [path for path in edition.facts if path.startswith("/content/")][:SAMPLE]
    kept: Writer = edition.writer
    begun = time.perf_counter()
    for path in wanted:
        edition.writer = Writer(kept.site, kept.nav, kept.home_title)
        list(Edition.bake(edition, [path]))
    spent = time.perf_counter() - begun
    edition.writer = kept
    return len(wanted) / spent


def _one_more(source: Any, edition: Any) -> tuple[float, float]:
    """Milliseconds from the approved article to its pages, with the edition before at hand and without."""
    from taihe.inner.portal.baking import Edition, affected
    from taihe.inner.portal.baking.tests import samples

    kept, anew = [], []
    for at in range(ROUNDS):
        content = samples.article(90_000 + at, 300, f"第{at}号新公告")
        source.put(samples.approved(content, samples.DAY + timedelta(minutes=at)))
        begun = time.perf_counter()
        after = Edition(source, edition)
        list(after.bake(affected(edition.facts, after.facts)))
        kept.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        fresh = Edition(source)
        list(fresh.bake(affected(edition.facts, fresh.facts)))
        anew.append((time.perf_counter() - begun) * 1000)
        edition = after
    return min(kept), min(anew)


def _row(name: str, value: float, unit: str, peer: str, peer_value: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "peer": peer,
        "peer_value": round(peer_value, 1),
        "ratio": round(value / peer_value, 2),
    }
