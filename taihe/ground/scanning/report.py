"""What a scan says about a file: one verdict, the true type, and every reason as a sentence.

The report is safe to keep and to show: it never holds a piece of the file, only its digest.  When the
file carries a secret mark the report also drops member names and evidence, since a title can itself
be secret.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["clean", "suspicious", "refused"]
Weight = Literal["note", "suspicious", "refused"]

TOLD_REASONS = 5


@dataclass(frozen=True)
class TrueType:
    """What the bytes are, whatever the name says: short kind, family, mime type, Chinese label."""

    kind: str
    family: str
    mime: str
    label: str


@dataclass(frozen=True)
class Finding:
    """One reason: stable code, member path inside the file ("" = the file itself), sentence, evidence.

    Weight `note` changes no verdict, `suspicious` asks a person to look, `refused` ends it.
    """

    code: str
    member: str
    sentence: str
    evidence: str
    weight: Weight


@dataclass(frozen=True)
class ScanReport:
    """The result of one scan; size in bytes, seconds of wall time, engines as "name version".

    `secret_marks` says where which mark of a state secret stood, and never a word beside it.
    """

    true_type: TrueType
    findings: tuple[Finding, ...]
    sha256: str
    size: int
    seconds: float
    engines: tuple[str, ...]
    secret_marks: tuple[str, ...] = ()

    @property
    def secret_mark_found(self) -> bool:
        """Whether the file is an incident."""
        return bool(self.secret_marks)

    @property
    def verdict(self) -> Verdict:
        """clean: store it; suspicious: quarantine until a person decides; refused: do not store it."""
        weights = {finding.weight for finding in self.findings}
        if "refused" in weights:
            return "refused"
        return "suspicious" if "suspicious" in weights else "clean"

    @property
    def codes(self) -> Set[str]:
        """Codes of all findings."""
        return frozenset(finding.code for finding in self.findings)

    @property
    def reasons(self) -> str:
        """The sentences that decided the verdict, the member in front where there is one."""
        told = [finding for finding in self.findings if finding.weight == self.verdict]
        first = (f"“{one.member}”：{one.sentence}" if one.member else one.sentence for one in told[:TOLD_REASONS])
        rest = f"另有 {len(told) - TOLD_REASONS} 处。" if len(told) > TOLD_REASONS else ""
        return "".join(first) + rest
