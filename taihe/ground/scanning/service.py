"""One scan from the outside in: type, policy, YARA, secret marks, macros, members, and clamd last."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from ..errors import BadSetup
from . import clamd, macros, marks, office, patterns, pdfs, pdftext, tars, truetype, zips
from .examination import CHUNK, Content, Examination, Exhausted, Part, Refusal
from .limits import MB, Limits
from .report import Finding, ScanReport, TrueType

log = logging.getLogger(__name__)

TYPE_ENGINE = f"puremagic {version('puremagic')}"
_SENDERS_CHOICE = frozenset({"", "zip", "tar", "gz", "br"})  # parents whose members the sender picked and named
_OPAQUE = frozenset({"rar", "7z"})  # archives that only clamd can look into
_LOOKED_BEHIND = frozenset({"image", "audio", "video"})
# marks that turn the writing direction make "图片\u202egpj.exe" look like a picture
_DECEPTIVE = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MACRO_MEMBERS = ("xl/macrosheets/", "basic/", "scripts/")


def scan(path: Path, *, filename: str, declared_type: str | None = None, limits: Limits | None = None) -> ScanReport:
    """Examine a file before it is stored.

    `filename` is the name its sender gave, `declared_type` the mime type the browser claimed.  Bad input
    never raises: it ends as a refused report.  Raises BadSetup only, when rules or YARA files are faulty.
    The file must not change meanwhile: store exactly the bytes whose sha256 the report names.
    """
    bounds = limits or Limits.current()
    with macros.MacroReader() as reader:
        examination = Examination(bounds, reader)
        digest, size = "", 0
        try:
            if not path.is_file():
                raise FileNotFoundError
            with path.open("rb") as file:
                digest, size = _digest(file)
                _scan_top(examination, Content(file, filename, "", size, 0, ""), declared_type)
        except OSError as fault:
            examination.add("unreadable", evidence=type(fault).__name__)
        return _report(examination, digest, size)


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _scan_top(examination: Examination, content: Content, declared: str | None) -> None:
    try:
        if content.size > examination.limits.file_bytes:
            marks.look_at_name(examination, content.name, "")
            raise Exhausted("too-large", limit=examination.limits.file_bytes // MB)
        _examine(examination, content)
        _compare_declared(examination, declared, truetype.true_type(examination.kind))
        address = clamd.configured()
        if address and not any(finding.weight == "refused" for finding in examination.findings):
            clamd.check(examination, content, address)
    except Refusal as refusal:
        examination.add_refusal(refusal, content.member)
    except BadSetup:
        raise
    except Exception as fault:  # noqa: BLE001 -- no input may crash a scan; what was not examined is refused
        # only the error's class: its message may quote the file
        log.error("scan failed with %s", type(fault).__name__)
        examination.add("check-failed", evidence=type(fault).__name__)


def _examine(examination: Examination, content: Content) -> None:
    """Examine one content and all it contains; what stops this one is recorded, Exhausted goes up."""
    marks.look_at_name(examination, content.name, content.member)
    try:
        kind = _identified(examination, content)
        true = truetype.true_type(kind)
        _police(examination, content, true)
        patterns.match(examination, content, family=true.family, kind=kind)
        _look_inside(examination, content, kind)
    except Exhausted as stop:
        stop.member = stop.member or content.member
        raise
    except Refusal as refusal:
        examination.add_refusal(refusal, content.member)


def _identified(examination: Examination, content: Content) -> str:
    kind = "br" if _is_brotli(examination, content) else truetype.identify(examination, content)
    examination.engines.add(TYPE_ENGINE)
    top = not content.parent
    if top:
        examination.kind = kind
    if kind == "ole":
        kind = macros.inspect_ole(examination, content)
        examination.kind = kind if top else examination.kind
    return kind


def _is_brotli(examination: Examination, content: Content) -> bool:
    """Brotli has no mark of its own: it goes by name, in a tar, where it is expected at all; what unpacks tells."""
    return "br" in examination.limits.allowed_kinds and content.parent == "tar" and content.extension == "br"


def _police(examination: Examination, content: Content, true: TrueType) -> None:
    """Hold type and extension against what the county takes, for files that people choose and name."""
    if content.parent not in _SENDERS_CHOICE or _is_companion(examination, content):
        return
    if _DECEPTIVE & set(content.name):
        examination.add("name-deceptive", content.member)
    allowed = examination.limits.allowed_kinds
    extension = content.extension
    if true.kind in ("empty", "unknown"):
        examination.add("empty" if true.kind == "empty" else "type-unknown", content.member)
    elif true.kind not in allowed:
        examination.add("type-not-allowed", content.member, true.mime, label=true.label)
    elif extension not in allowed[true.kind]:
        known = any(extension in names for names in allowed.values())
        code = "type-mismatch" if known else "extension-not-allowed"
        examination.add(code, content.member, true.mime, extension=extension or "（无）", label=true.label)


def _is_companion(examination: Examination, content: Content) -> bool:
    """Whether a system, not the sender, put this member into the archive (.DS_Store, Thumbs.db)."""
    return bool(content.parent) and any(fnmatch(content.name, one) for one in examination.limits.companions)


def _compare_declared(examination: Examination, declared: str | None, true: TrueType) -> None:
    if declared and truetype.declared_conflicts(declared, true):
        examination.add("declared-mismatch", evidence=true.mime, declared=declared, label=true.label)


def _look_inside(examination: Examination, content: Content, kind: str) -> None:
    true = truetype.true_type(kind)
    if true.family == "text":
        _look_at_text(examination, content)
    elif kind == "pdf" and content.parent in _SENDERS_CHOICE:
        marks.look_at_text(examination, pdftext.first_page(content.file), content.member)
    elif true.family in _LOOKED_BEHIND and truetype.also_zip(examination, content):
        examination.add("polyglot", content.member, label=true.label)
    elif kind in _OPAQUE:
        code = "archive-clamd-only" if clamd.configured() else "archive-unscannable"
        examination.add(code, content.member, label=true.label)
    for part in _parts(examination, content, kind):
        try:
            with examination.spooled(part, content, kind) as member:
                _examine_member(examination, member)
        except Exhausted as stop:
            stop.member = stop.member or content.path_of(part.name)
            raise
        except Refusal as refusal:
            examination.add_refusal(refusal, content.path_of(part.name))


def _look_at_text(examination: Examination, content: Content) -> None:
    count = marks.first_text_bytes(examination)
    text = truetype.as_text(content.head(count), whole=content.size <= count)
    if text and content.parent in _SENDERS_CHOICE:
        marks.look_at_text(examination, text, content.member)


def _parts(examination: Examination, content: Content, kind: str) -> Iterator[Part]:
    """The members of a container; nothing for any other kind.  Raises Exhausted when nested too deep."""
    opener = {
        "tar": tars.tar_parts,
        "gz": tars.gzip_parts,
        "br": tars.brotli_parts,
        "pdf": pdfs.stream_parts,
    }.get(kind)
    if kind in truetype.ZIP_KINDS:
        opener = zips.parts
    if opener is None:
        return iter(())
    if content.depth >= examination.limits.depth:
        raise Exhausted("bomb-depth", limit=examination.limits.depth)
    return opener(examination, content)


def _examine_member(examination: Examination, member: Content) -> None:
    if member.parent not in _SENDERS_CHOICE and member.name.lower().startswith(_MACRO_MEMBERS):
        examination.add("macro", member.member)
    if member.parent == "pdf":
        # an inflated stream is a piece of the PDF unless it is a file of its own
        patterns.match(examination, member, family="pdf", kind="pdf")
        if truetype.identify(examination, member) in ("text", "unknown", "html", "svg"):
            return
    _examine(examination, member)
    office.inspect_part(examination, member)


def _report(examination: Examination, digest: str, size: int) -> ScanReport:
    findings: tuple[Finding, ...] = tuple(examination.findings)
    if examination.secret_marks:
        # names, extensions and evidence can quote a secret title: the incident is told by digest alone
        incidents = (replace(one, member="") for one in findings if one.code == "secret-mark")
        findings = tuple(dict.fromkeys(incidents))
    return ScanReport(
        true_type=truetype.true_type(examination.kind),
        findings=findings,
        sha256=digest,
        size=size,
        seconds=round(time.monotonic() - examination.started, 3),
        engines=tuple(sorted(examination.engines)),
        secret_marks=tuple(examination.secret_marks),
    )
