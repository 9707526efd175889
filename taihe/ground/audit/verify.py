"""The check of the chain: names the first entry or link that is not what was sealed.

`check` works on plain dictionaries and needs no database, so the same code verifies a running zone
and an exported file on an auditor's own machine.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .chain import GENESIS, SEALED_COLUMNS, batch_head, batch_root, entry_hash

VerifySignature = Callable[[bytes, str, bytes], None]


@dataclass(frozen=True)
class Finding:
    """The first thing wrong: which link, which entry, and a sentence for the auditor."""

    batch: int
    entry: int | None
    sentence: str


@dataclass(frozen=True)
class Report:
    """What a check saw: links and entries checked, the last head, and the first finding if any."""

    batches: int
    entries: int
    head: str
    finding: Finding | None

    @property
    def sound(self) -> bool:
        return self.finding is None


def _entry_fault(batch: dict[str, Any]) -> Finding | None:
    number = batch["number"]
    for row in batch["entries"]:
        if row["entry"] is None:
            return Finding(number, row["id"], f"第{number}批中的记录 {row['id']} 已不存在：记录被删除。")
        if entry_hash(row["entry"]) != row["hash"]:
            at, who = row["entry"]["at"], row["entry"]["person_name"]
            return Finding(
                number, row["id"], f"第{number}批中的记录 {row['id']}（{at} {who}）与封存时不一致：内容被改动。"
            )
    return None


def _batch_fault(batch: dict[str, Any], previous: str, expected: int, verify: VerifySignature) -> Finding | None:
    number = batch["number"]
    if number != expected:
        return Finding(expected, None, f"缺少第{expected}批：链条中断（下一批为第{number}批）。")
    if fault := _entry_fault(batch):
        return fault
    if len(batch["entries"]) != batch["count"]:
        return Finding(number, None, f"第{number}批应有 {batch['count']} 条，实有 {len(batch['entries'])} 条。")
    root = batch_root(row["hash"] for row in batch["entries"])
    head = batch_head(number, batch["previous"], root, batch["count"], batch["sealed_at"])
    if batch["previous"] != previous or root != batch["root"] or head != batch["head"]:
        return Finding(number, None, f"第{number}批的链头与内容不符：批次被改动。")
    try:
        verify(batch["head"].encode(), batch["key_id"], base64.b64decode(batch["signature"]))
    except Exception:  # noqa: BLE001  whatever the verifier raises, the link is not proven
        return Finding(number, None, f"第{number}批的签名无效或密钥 {batch['key_id']} 不可用。")
    return None


def check(
    batches: Iterable[dict[str, Any]], verify: VerifySignature, *, known_heads: dict[int, str] | None = None
) -> Report:
    """Walk the chain from its first link.

    `batches` yields dictionaries as `export` writes them; `verify(data, key_id, signature)` raises
    on a bad signature; `known_heads` are heads the other zone has kept: a chain that does not reach
    or does not match them has lost its tail.
    """
    previous, expected, entries = GENESIS, 1, 0
    wanted = dict(known_heads or {})
    for batch in batches:
        if fault := _batch_fault(batch, previous, expected, verify):
            return Report(expected - 1, entries, previous, fault)
        if (kept := wanted.pop(batch["number"], None)) is not None and kept != batch["head"]:
            fault = Finding(batch["number"], None, f"第{batch['number']}批与对方区留存的链头不一致：链条被整体替换。")
            return Report(expected - 1, entries, previous, fault)
        previous, expected, entries = batch["head"], expected + 1, entries + batch["count"]
    if wanted:
        lost = min(wanted)
        return Report(
            expected - 1,
            entries,
            previous,
            Finding(lost, None, f"对方区留存了第{lost}批的链头，本链只到第{expected - 1}批：尾部被截断。"),
        )
    return Report(expected - 1, entries, previous, None)


def database_batches() -> Iterator[dict[str, Any]]:
    """The chain as it stands in this zone's database, link by link."""
    from .models import AuditBatch, AuditEntry, AuditSealed

    columns = ("id", *SEALED_COLUMNS)
    for row in AuditBatch.objects.order_by("number").values().iterator():
        batch: dict[str, Any] = {**row}
        places = list(AuditSealed.objects.filter(batch=batch["number"]).order_by("position").values("entry", "hash"))
        entries = AuditEntry.objects.filter(pk__in=[place["entry"] for place in places]).values(*columns)
        found = {entry["id"]: entry for entry in entries}
        batch["entries"] = [
            {"id": place["entry"], "hash": place["hash"], "entry": found.get(place["entry"])} for place in places
        ]
        yield batch


def export(target: IO[str]) -> int:
    """Write the chain as JSON lines (one link each, its entries inside); returns the links written."""
    from ..digests import canonical

    written = 0
    for batch in database_batches():
        target.write(canonical(batch).decode() + "\n")
        written += 1
    return written


def file_batches(source: Path) -> Iterator[dict[str, Any]]:
    """The chain as an exported file holds it."""
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
