"""Marks of state secrets in names and first texts.  A hit is an incident, so nothing of the text is kept.

The mark's form: 《党政机关公文格式》(GB/T 9704—2012) 7.2.2, 密级和保密期限.
"""

from __future__ import annotations

import re
import unicodedata

from .examination import Examination

_FOUR_BYTES = 4
_LEVELS = ("绝密", "机密", "秘密")


def look_at_name(examination: Examination, name: str, member: str) -> None:
    """Look for a mark in a file's or member's name, folders included."""
    if hit := examination.limits.secret_in_name.search(unicodedata.normalize("NFKC", name)):
        found(examination, member, "文件名", hit)


def look_at_text(examination: Examination, text: str, member: str) -> None:
    """Look for a mark in the first characters of a text (as many as the rule says)."""
    first = unicodedata.normalize("NFKC", text[: examination.limits.text_chars])
    if hit := examination.limits.secret_in_text.search(first):
        found(examination, member, "正文", hit)


def first_text_bytes(examination: Examination) -> int:
    """How many bytes hold the text that is looked at, in any encoding."""
    return examination.limits.text_chars * _FOUR_BYTES


def found(examination: Examination, member: str, where: str, hit: re.Match[str]) -> None:
    """Record the incident: of the text only which level it was marked with, and where."""
    marked = "".join(hit.group().split())
    level = next((one for one in _LEVELS if one in marked), "密级不明")
    examination.secret_marks[f"{where}标有“{level}”"] = None
    examination.add("secret-mark", member)
