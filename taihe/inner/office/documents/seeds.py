"""The county's 发文代字 as an installation begins with them: series, and for each the register of its numbers.

Everything may be run again: what stands is left as it is, since officials may have changed it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taihe.ground.actor import Actor
from taihe.ground.errors import BadSetup
from taihe.inner.people.models import Organ

from .actions.seeding import seed_series
from .models import Series
from .models.document import Genre

FILE = "series.yaml"


class SeriesRow(BaseModel):
    """One line of series.yaml; organs by their codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[\u4e00-\u9fff]{2,12}$")
    organ: str
    title: str = Field("", max_length=80)
    sign: str = ""
    principal: tuple[str, ...] = Field(min_length=1)
    signers: tuple[str, ...] = ()
    office: str = ""
    seal: str = ""
    mark_lines: tuple[str, ...] = ()
    signature: str = Field("", max_length=120)
    printed_by: str = Field("", max_length=120)
    genres: tuple[Genre, ...] = ()
    active_from: Annotated[date | None, Field(alias="from")] = None

    @property
    def key(self) -> str:
        """Key of the series and of its register."""
        return f"documents.{self.organ}.{self.code}"

    @property
    def codes(self) -> tuple[str, ...]:
        """Every organ named, by what it is here."""
        return self.organ, self.sign or self.organ, self.office or self.organ, self.seal or self.organ


def read(file: Path) -> list[tuple[SeriesRow, date]]:
    """The lines of the file, each with its first day.  Raises BadSetup naming the line."""
    raw: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) or {}
    found = []
    for number, one in enumerate(raw.get("series", ()), start=1):
        try:
            row = SeriesRow.model_validate(one)
        except ValidationError as bad:
            places = "、".join(".".join(map(str, fault["loc"])) for fault in bad.errors())
            raise BadSetup(what=f"{FILE} 第{number}项不合规定：{places}。", fix="请改正后重新运行。") from bad
        found.append((row, row.active_from or raw.get("from") or date(2024, 1, 1)))
    keys = [row.key for row, _ in found]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise BadSetup(what=f"{FILE} 中重复：{'、'.join(twice)}。", fix="每个机关的每个代字只写一次。")
    return found


def load(folder: Path) -> int:
    """Put the series of a county folder in place; returns how many were new.

    Raises BadSetup for a malformed file and for organs that are not there.
    """
    file = folder / FILE
    if not file.exists():
        return 0
    standing = set(Series.objects.values_list("key", flat=True))
    rows = [(row, day) for row, day in read(file) if row.key not in standing]
    if not rows:
        return 0
    organs = Organ.objects.in_bulk({code for row, _ in rows for code in row.codes}, field_name="code")
    missing = sorted({code for row, _ in rows for code in row.codes} - set(organs))
    if missing:
        raise BadSetup(
            what=f"{FILE} 中的机构代码没有对应的机构：{'、'.join(missing)}。", fix="请改正代码，或先在机构表中设立。"
        )
    return seed_series(Actor.system("安装"), [_series(row, day, organs) for row, day in rows])


def seal_names() -> list[tuple[Organ, str]]:
    """Each organ whose seal some series bears, with the name it signs by."""
    return [(one.seal_organ, one.signature) for one in Series.objects.select_related("seal_organ")]


def _series(row: SeriesRow, day: date, organs: dict[str, Organ]) -> Series:
    organ, sign, office, seal = (organs[code] for code in row.codes)
    return Series(
        key=row.key,
        organ=organ,
        code=row.code,
        title=row.title or f"{organ.short_name}文件",
        mark=list(row.mark_lines) or [f"{organ.name}文件"],
        signature=row.signature or organ.name,
        genres=[str(one) for one in row.genres],
        sign_organ=sign,
        signer_titles=list(row.signers),
        principal_titles=list(row.principal),
        office=office,
        seal_organ=seal,
        printed_by=row.printed_by or organ.name,
        active_from=day,
    )
