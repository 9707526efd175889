"""The record of one scan in progress: what was found, what was spent, and when to stop.

Unpacked members live in unnamed temporary files, so that nothing of a refused file stays on the disk
even when the process is killed.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from .limits import MB, Limits
from .report import Finding
from .sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .macros import MacroReader

CHUNK = 64 * 1024
EVIDENCE_CHARS = 200
KEPT_FINDINGS = 100


class Refusal(Exception):
    """This content cannot be examined further; its siblings still can."""

    def __init__(self, code: str, evidence: str = "", **params: object) -> None:
        self.code, self.evidence, self.params = code, evidence, params
        self.member = ""
        super().__init__(code)


class Exhausted(Refusal):
    """A bound of the whole scan is reached: nothing more is examined."""


@dataclass(frozen=True)
class Content:
    """A file or a member under examination.

    `name` is its own path inside its container, `member` the whole path from the file downwards
    ("" for the file itself), `parent` the kind of its container ("" for the file itself).
    """

    file: BinaryIO
    name: str
    member: str
    size: int
    depth: int
    parent: str

    def head(self, count: int) -> bytes:
        """The first `count` bytes."""
        self.file.seek(0)
        return self.file.read(count)

    def path_of(self, name: str) -> str:
        """The whole path of a member of this content."""
        return f"{self.member}/{name}" if self.member else name

    @property
    def extension(self) -> str:
        """Lower-case extension without the dot; "" when there is none."""
        stem, dot, extension = self.name.replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
        return extension.strip().lower() if dot and stem else ""


@dataclass(frozen=True)
class Part:
    """A member still packed: its path inside the container, its packed size, and its bytes as they come out."""

    name: str
    packed: int
    chunks: Iterable[bytes]


class Examination:
    """Findings, engines and budgets of one scan."""

    def __init__(self, limits: Limits, macros: MacroReader) -> None:
        self.limits = limits
        self.macros = macros
        self.started = time.monotonic()
        self.deadline = self.started + limits.seconds
        self.findings: list[Finding] = []
        self.engines: set[str] = set()
        self.secret_marks: dict[str, None] = {}
        self.kind = "unknown"
        self._told: set[tuple[str, str]] = set()
        self._spent_bytes = 0
        self._spent_members = 0

    def add(self, code: str, member: str = "", evidence: str = "", **params: object) -> None:
        """Record a finding of ours; the parameters fill its sentence."""
        self.record(code, member, evidence, SENTENCES[code].format_map(params))

    def add_refusal(self, refusal: Refusal, member: str) -> None:
        """Record what stopped the examination, at the innermost member known."""
        self.record(
            refusal.code, refusal.member or member, refusal.evidence, SENTENCES[refusal.code].format_map(refusal.params)
        )

    def record(self, code: str, member: str, evidence: str, sentence: str) -> None:
        """Record a finding once per code and member; a code without a weight of its own is `refused`.

        Of an archive with thousands of faults the first hundred are kept, and every code at least once.
        """
        crowded = len(self.findings) >= KEPT_FINDINGS and any(one.code == code for one in self.findings)
        if crowded or (code, member) in self._told:
            return
        self._told.add((code, member))
        weight = self.limits.weights.get(code, "refused")
        self.findings.append(Finding(code, member, sentence, evidence[:EVIDENCE_CHARS], weight))

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline.  Raises Exhausted when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Exhausted("timeout", limit=self.limits.seconds)
        return left

    def count_members(self, number: int) -> None:
        """Spend from the member budget of the whole scan, nested containers included."""
        self._spent_members += number
        if self._spent_members > self.limits.members:
            raise Exhausted("bomb-count", str(self._spent_members), limit=self.limits.members)

    def expect_bytes(self, declared: int) -> None:
        """Refuse before unpacking when the declared sizes alone pass the budget."""
        if self._spent_bytes + declared > self.limits.total_bytes:
            raise Exhausted("bomb-size", f"声明 {declared} 字节", limit=self.limits.total_bytes // MB)

    @contextmanager
    def spooled(self, part: Part, parent: Content, kind: str) -> Iterator[Content]:
        """Unpack a part of `parent` (of that kind) into an unnamed temporary file.

        Raises Exhausted for a bomb, Refusal when the packed bytes are damaged.
        """
        with tempfile.TemporaryFile() as file:
            size = 0
            for chunk in part.chunks:
                size += len(chunk)
                self._spend(len(chunk), size, part.packed)
                file.write(chunk)
            file.flush()
            yield Content(cast(BinaryIO, file), part.name, parent.path_of(part.name), size, parent.depth + 1, kind)

    def _spend(self, count: int, size: int, packed: int) -> None:
        limits = self.limits
        self._spent_bytes += count
        if self._spent_bytes > limits.total_bytes or size > limits.member_bytes:
            raise Exhausted("bomb-size", f"已解出 {self._spent_bytes} 字节", limit=limits.total_bytes // MB)
        if size > limits.ratio_floor_bytes and size > limits.ratio * max(packed, 1):
            raise Exhausted("bomb-ratio", f"{packed} 字节解出 {size} 字节以上", limit=limits.ratio)
        _ = self.seconds_left


class GuardedFile:
    """A read-only view for library parsers: no read above a cap, none after the deadline.

    zipfile and tarfile read directories and headers whole, by sizes that the file itself claims.
    """

    def __init__(self, examination: Examination, file: BinaryIO, cap: int) -> None:
        self._examination, self._file, self._cap = examination, file, cap
        end = file.seek(0, 2)
        file.seek(0)
        self._end = end

    def read(self, count: int = -1) -> bytes:
        """Read, or raise Refusal when more than the cap is asked for."""
        _ = self._examination.seconds_left
        left = max(self._end - self._file.tell(), 0)
        wanted = left if count is None or count < 0 else min(count, left)
        if wanted > self._cap:
            raise Refusal("archive-corrupt", f"目录或文件头要求读取 {wanted} 字节")
        return self._file.read(wanted)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as a file does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the view stands."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """The file belongs to the examination and stays open."""


def guarded(examination: Examination, content: Content, cap: int) -> IO[bytes]:
    """A guarded view of a content, typed as the file object it stands for."""
    return cast(IO[bytes], GuardedFile(examination, content.file, cap))


def chunks_of(content: Content, start: int, count: int) -> Iterator[bytes]:
    """`count` bytes from `start`, in chunks.  Raises Refusal when the file ends before."""
    content.file.seek(start)
    while count > 0:
        chunk = content.file.read(min(CHUNK, count))
        if not chunk:
            raise Refusal("archive-corrupt", "内容不完整")
        count -= len(chunk)
        yield chunk
