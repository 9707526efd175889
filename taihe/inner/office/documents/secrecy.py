"""Secret marks in what is typed: refused before anything is stored, and kept as an incident (条例第二十六条; D18).

The marks are those that files are searched for, here in the whole text, not only in its beginning.
"""

from __future__ import annotations

import unicodedata

from taihe.ground.actor import Actor
from taihe.ground.files.actions import keep_incident
from taihe.ground.files.owners import Owner
from taihe.ground.scanning.limits import Limits
from taihe.ground.scanning.report import ScanReport, TrueType

from .content import Content, whole_text
from .errors_drafting import SecretText

OWNER = "documents.document"
_LEVELS = ("绝密", "机密", "秘密")
_TYPED = TrueType("txt", "text", "text/plain", "输入的文字")


def secret_marks(text: str) -> tuple[str, ...]:
    """Which levels the text is marked with: ``("秘密",)``; empty for a text without a mark."""
    found = []
    for hit in Limits.current().secret_in_text.finditer(unicodedata.normalize("NFKC", text)):
        marked = "".join(hit.group().split())
        found.append(next((one for one in _LEVELS if one in marked), "密级不明"))
    return tuple(dict.fromkeys(found))


def refuse_secrets(actor: Actor, document_pk: int | None, content: Content, *more: str) -> None:
    """Raise SecretText for a content (or further typed fields) with a mark, leaving an incident and no text.

    Stands before the action that stores: inside one, the incident would be rolled back with the refusal.
    """
    everything = "\n".join((whole_text(content), *content.copies, *content.listed, *more))
    levels = secret_marks(everything)
    if not levels:
        return
    marks = tuple(f"文稿标有“{one}”" for one in levels)
    size = len(everything.encode())
    report = ScanReport(_TYPED, (), content.digest, size, 0.0, ("typed",), marks)
    keep_incident(actor, report, Owner(OWNER, str(document_pk or "")))
    raise SecretText(marks="、".join(levels), digest=content.digest)
