"""The separate small program that checks an exported record on a machine with neither database nor web.

    python -m taihe.ground.audit.offline CHAIN.jsonl KEYS.json [--heads HEADS.json]

CHAIN is what `taihe audit export` wrote, KEYS the zone's public key file, HEADS the chain heads kept
by the other zone (`taihe audit peer-heads`).  Compare the printed fingerprint with the zone's by voice.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from taihe.ground.errors import CountyError
from taihe.ground.signing.exchange import KeyFile, unpack_keys

from .verify import Report, check, file_batches


class _NotOurs(Exception):
    """No key of the file verifies this signature."""


def _verify(keys: KeyFile, data: bytes, key_id: str, value: bytes) -> None:
    for key in keys.keys:
        if key.purpose == "audit" and key.public.key_id == key_id and key.public.verifies(data, value):
            return
    raise _NotOurs(key_id)


def verify_file(chain: Path, keys: Path, heads: Path | None = None) -> tuple[Report, KeyFile]:
    """Check an exported chain against exported keys; raises BadKeyFile when the key file itself is unsound."""
    ring = unpack_keys(keys.read_bytes())
    known = {int(number): head for number, head in json.loads(heads.read_text("utf-8")).items()} if heads else None
    return check(file_batches(chain), lambda *parts: _verify(ring, *parts), known_heads=known), ring


def describe(report: Report) -> str:
    """The result as lines for an auditor."""
    line = f"已核验 {report.batches} 批、{report.entries} 条记录，链头 {report.head[:16]}…"
    return f"{line}\n结果：完好。" if report.finding is None else f"{line}\n结果：发现问题。{report.finding.sentence}"


def main() -> int:
    """Run the check; 0 sound, 1 a finding, 2 unreadable input."""
    parser = argparse.ArgumentParser(description="核验导出的审计记录（不需要数据库）。")
    parser.add_argument("chain", type=Path, help="导出的审计记录（.jsonl）")
    parser.add_argument("keys", type=Path, help="该区的公钥文件")
    parser.add_argument("--heads", type=Path, help="对方区留存的链头（.json）")
    asked = parser.parse_args()
    try:
        report, ring = verify_file(asked.chain, asked.keys, asked.heads)
    except CountyError as refusal:
        print(refusal.sentence())  # noqa: T201
        return 2
    except (OSError, ValueError, KeyError) as broken:
        print(f"文件无法读取或内容不完整：{broken}")  # noqa: T201
        return 2
    for key in ring.keys:
        print(f"公钥 {key.purpose} {key.public.key_id}")  # noqa: T201
    print(describe(report))  # noqa: T201
    return 0 if report.sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
