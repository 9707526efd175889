"""The XML inside Word, Excel, OFD and ODF files: outward references, DDE, DTDs, and the first text.

Parts are read as a stream by expat; a DTD ends it, so no entity is ever expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from . import marks
from .examination import CHUNK, Content, Examination, Refusal
from .truetype import OOXML_KINDS

# A host other than this machine: a URL, a share (\\host, //host, file://host), but not a drive letter.
_REMOTE = re.compile(r"\s*(?:https?:|ftp:|mhtml:|ms-\w+:|\\\\|//|file:(?://(?![/\\]|[a-z]:)|/{3}(?=[/\\])|\\\\))", re.I)
_LOADED = re.compile(r"/(?:attachedTemplate|oleObject|frame|subDocument|externalLinkPath|image|audio|video)$", re.I)
_RUNS = frozenset({"attachedtemplate", "oleobject", "frame", "subdocument"})
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.I)
_BREAKS = frozenset({"p", "si", "h", "TextCode", "br", "tab"})
_FIELD_CHARS = 4096
_NESTING = 1000
# Where references and field codes stand; of other parts (sheets of 100 MB) only the beginning is read, for its text.
_READ_WHOLE = re.compile(r"\.rels$|^word/|^xl/externallinks/")
_FIRST_BYTES = 512 * 1024


@dataclass
class _Reader:
    """Collects from one part what the county asks of it."""

    examination: Examination
    member: str
    text_tags: frozenset[str]
    text: list[str] = field(default_factory=list)
    length: int = 0
    instruction: str = ""
    inside: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        self.inside.append(name)
        if len(self.inside) > _NESTING:
            raise Refusal("archive-corrupt", "XML 嵌套过深")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "Relationship":
            self._relationship(plain)
        elif name == "ddeLink":
            self.examination.add("dde-field", self.member, plain.get("ddeService", ""))
        elif name == "fldSimple":
            self._instruction(plain.get("instr", ""))
        elif name == "fldChar":
            self.instruction = ""

    @property
    def full(self) -> bool:
        """Whether the first text is complete."""
        return self.length >= self.examination.limits.text_chars

    def end(self, tag: str) -> None:
        self.inside.pop()
        if tag.rpartition(" ")[2] in _BREAKS:
            self._keep("\n")

    def data(self, characters: str) -> None:
        if self.inside and self.inside[-1] == "instrText":
            self._instruction(self.instruction + characters)
        elif not self.text_tags or (self.inside and self.inside[-1] in self.text_tags):
            self._keep(characters)

    def _keep(self, characters: str) -> None:
        if not self.full:
            self.text.append(characters)
            self.length += len(characters)

    def _instruction(self, code: str) -> None:
        """Field codes may be cut into many runs, so they are joined before they are judged."""
        self.instruction = code[-_FIELD_CHARS:]
        if _DDE.match(self.instruction.lstrip()):
            self.examination.add("dde-field", self.member, "DDE")

    def _relationship(self, attributes: dict[str, str]) -> None:
        kind, target = attributes.get("Type", ""), attributes.get("Target", "")
        if attributes.get("TargetMode", "").lower() != "external" or not _LOADED.search(kind):
            return
        what = kind.rpartition("/")[2]
        runs = what.lower() in _RUNS
        if runs and _REMOTE.match(target):
            self.examination.add("external-template", self.member, f"{what} → {target}")
        elif runs or _REMOTE.match(target):
            self.examination.add("external-link", self.member, f"{what} → {target}")


def inspect_part(examination: Examination, content: Content) -> None:
    """Read an XML part of a document.  Raises Refusal when it has a DTD or is no XML."""
    tags = _text_tags(content)
    if tags is None or not content.size:
        return
    reader = _Reader(examination, content.member, tags)
    bound = content.size if _READ_WHOLE.search(content.name.lower()) else _FIRST_BYTES
    try:
        _feed(reader, content, bound)
    except expat.ExpatError as damage:
        raise Refusal("archive-corrupt", "XML 损坏") from damage
    marks.look_at_text(examination, "".join(reader.text), content.member)


def _text_tags(content: Content) -> frozenset[str] | None:
    """Which elements hold the text of this part (none listed: all); None when the part is not read."""
    name = content.name.lower()
    if content.parent in OOXML_KINDS and name.endswith((".xml", ".rels")):
        return frozenset({"t"})
    if content.parent == "ofd" and name.endswith(".xml"):
        return frozenset({"TextCode"})
    if content.parent in ("odt", "ods", "odp") and name.rpartition("/")[2] in ("content.xml", "styles.xml"):
        return frozenset()
    return None


def _feed(reader: _Reader, content: Content, bound: int) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    content.file.seek(0)
    left = content.size
    while left > 0 and (content.size - left < bound):
        _ = reader.examination.seconds_left
        chunk = content.file.read(CHUNK)
        left -= len(chunk)
        parser.Parse(chunk, left <= 0)


def _refuse_dtd(*_: object) -> None:
    raise Refusal("xml-entity")
