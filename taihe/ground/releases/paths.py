"""Which addresses a release may hold: one spelling each, no way out of the site, no look-alikes.

Public addresses begin with ``/``; those that begin with ``~`` are the release's own (shell fragments,
the page of withdrawn content) and are never served under that name.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 400
_PIECE = r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
_PLAIN = re.compile(rf"/(?:{_PIECE}/)*(?:{_PIECE})?")
_INTERNAL = re.compile(rf"~{_PIECE}(?:/{_PIECE})*")
_FORBIDDEN = frozenset('\\%?#<>"|*:;')
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def is_internal(path: str) -> bool:
    """Whether a path of a manifest is the release's own and never an address."""
    return path.startswith("~")


def path_fault(path: str) -> str | None:
    """Why a path may not stand in a release, as half a sentence; None when it may."""
    if len(path.encode("utf-8", "replace")) > LONGEST:
        return "路径过长"
    if _PLAIN.fullmatch(path):
        return None
    if is_internal(path):
        return None if _INTERNAL.fullmatch(path) else "内部路径的写法不对"
    if not path.startswith("/"):
        return "路径不是以“/”开头"
    if unicodedata.normalize("NFC", path) != path:
        return "路径不是规范的 Unicode 写法"
    if any(unicodedata.category(one) in _UNSEEN for one in path):
        return "路径含有不可见字符"
    # what a careless reader would make of it must be harmless too: ．．／ is ../ to some
    plain = unicodedata.normalize("NFKC", path)
    if plain.count("/") != path.count("/"):
        return "路径含有不允许的字符"
    return _form_fault(path) or _form_fault(plain)


def _form_fault(path: str) -> str | None:
    if _FORBIDDEN & set(path):
        return "路径含有不允许的字符"
    parts = path[1:].removesuffix("/").split("/")
    if any(not one for one in parts):
        return "路径中有空的一段"
    if any(one[0] in ".~- " or one[-1] in ". " for one in parts):
        return "路径中有一段以不允许的字符开头或结尾"
    return None


def alike(path: str) -> str:
    """What two paths share when people or file systems could take one for the other."""
    return unicodedata.normalize("NFKC", path).casefold() if not path.isascii() else path.lower()
