"""A drawn paper and the place of its seal."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from taihe.ground.action import action
from taihe.ground.paper import Paper, Paragraph, Rendered, Run, render
from taihe.inner.seals import api


@lru_cache
def drawn() -> Rendered:
    text = "为进一步提升全县政务服务效能，现将有关事项通知如下（演示）。"
    return render(
        Paper(
            mark=("太和县演示办公室文件",),
            number="太演〔2026〕5号",
            title_lines=("太和县演示办公室", "关于演示事项的通知"),
            addressees="各演示单位",
            blocks=(Paragraph(level=0, runs=(Run(text=text),)),),
            organs=("太和县演示办公室",),
            date="2026年11月22日",
            watermark="演示",
        )
    )


def place_for(seal, x: float = 0) -> api.Place:
    date = drawn().of("date")[0]
    return api.Place(seal.pk, date.page, x or date.centre, date.y - 10)


def sealed(*seals) -> bytes:
    """The paper with these seals side by side."""
    places = [place_for(one, 60 + 50 * number if len(seals) > 1 else 0) for number, one in enumerate(seals)]
    return api.sign_paper(drawn().pdf, places, reason="发文用印")


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@action("documents.sealing_test")
def note(actor, /, seal, pdf: bytes, **more):
    """A use noted as a higher module would: inside its own action, which leaves an entry too."""
    given = {
        "subject_type": "test.paper", "subject_id": "1", "number": "太演〔2026〕5号", "title": "关于演示事项的通知",
        "sha256_before": sha(drawn().pdf), "sha256_after": sha(pdf), "approved_by": "示主签",
    }  # fmt: skip
    from taihe.ground.action import record

    row = api.note_use(actor, seal.pk, **(given | more))
    record(("test.paper", "1", "演示"))
    return row
