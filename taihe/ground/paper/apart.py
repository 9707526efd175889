"""A stranger's PDF is checked in a process of its own: one that makes the parser loop or swell takes only this with it.

The child gets whom to believe as one line of JSON and the file after it, and answers with one line of JSON.  It has
none of our environment but the clock's offset, so it can reach neither database nor keys.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .verifying import PaperVerdict, SealVerdict

logger = logging.getLogger(__name__)
MEMORY_BYTES = 1024 * 1024 * 1024
TOO_LONG = "文件结构异常，核验没有在规定时间内完成，不能认定。"
_KEPT = ("TAIHE_CLOCK_OFFSET",)


def check_apart(
    pdf: bytes, roots: Sequence[bytes], revocation_lists: Sequence[bytes], *, seconds: float
) -> PaperVerdict:
    """`check_seals` in a child process, with roots and lists as DER; about a second, `seconds` at most.

    Raises nothing for a bad file; the caller bounds its size.
    """
    told = {"roots": _texts(roots), "lists": _texts(revocation_lists), "seconds": int(seconds) + 1}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", "-m", "taihe.ground.paper.apart"],
            input=json.dumps(told).encode() + b"\n" + pdf,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=True,
        )
        return _read(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError):
        logger.info("a PDF could not be checked in time", exc_info=True)
        return PaperVerdict(False, TOO_LONG)


def _texts(many: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in many]


def _read(told: dict[str, Any]) -> PaperVerdict:
    seals = tuple(
        SealVerdict(**{**one, "signed_at": one["signed_at"] and datetime.fromisoformat(one["signed_at"])})
        for one in told.pop("seals")
    )
    return PaperVerdict(**told, seals=seals)


def main() -> None:
    """The child: one file, one answer."""
    from asn1crypto import crl, x509

    from .verifying import check_seals

    told = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (told["seconds"], told["seconds"]))
    verdict = check_seals(
        sys.stdin.buffer.read(),
        [x509.Certificate.load(base64.b64decode(one)) for one in told["roots"]],
        [crl.CertificateList.load(base64.b64decode(one)) for one in told["lists"]],
    )
    answer = asdict(verdict)
    for one in answer["seals"]:
        one["signed_at"] = one["signed_at"] and one["signed_at"].isoformat()
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
