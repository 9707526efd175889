"""D03: nothing but a 请示 asks a superior for approval (条例第十五条（四）)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from .case import QUOTED, Case, at_spot, line_fix
from .finding import Finding, Severity

CLAUSE = "条例第十五条（四）"
_ASKING = re.compile(r"请(?:予)?(?:批准|批示|审批|批复|指示)|妥否|当否|可否，请")
_SENTENCE = re.compile(r"[^。！？]*(?:请(?:予)?(?:批准|批示|审批|批复|指示)|妥否|当否|可否，请)[^。！？]*[。！？]?")
_ALONE = 24


def check(case: Case) -> Iterator[Finding]:
    """Requests carried along in a 报告 (always upwards) or in another paper to a superior."""
    genre, upwards = case.document.genre, case.document.direction == "up"
    if genre == "请示" or not (genre == "报告" or (upwards and genre in ("函", "通知", "意见"))):
        return
    if genre == "意见":  # handled like a 请示 when it goes up (条例第八条（七）)
        return
    severity: Severity = "B" if genre == "报告" else "W"
    for spot in case.of_part("body"):
        found = _ASKING.search(QUOTED.sub("", spot.text))
        if not found:
            continue
        alone = len(spot.text.strip()) <= _ALONE
        yield at_spot(
            spot,
            "D03",
            severity,
            CLAUSE,
            f"{genre}中有“{found.group()}”，{genre}等非请示性公文不得夹带请示事项；需要上级批准的，改用请示另行上报。",
            fix_title=_title(genre, alone),
            fix=line_fix(spot, partial(_without, genre=genre)),
        )


def _title(genre: str, alone: bool) -> str:
    return "改为“特此报告。”" if alone and genre == "报告" else "删去这句话"


def _without(text: str, genre: str) -> str:
    rest = _SENTENCE.sub("", text)
    indent = text[: len(text) - len(text.lstrip())]
    return rest if rest.strip() else (f"{indent}特此报告。" if genre == "报告" else "")
