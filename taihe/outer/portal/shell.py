"""The frame that dynamic pages wear: the signed fragments of the release now served, from the same verified memory."""

from __future__ import annotations

from django.http import HttpRequest

from .serving import site

PARTS = ("head", "top", "foot")
WORN = "outer_portal/worn.html"


def fragment(part: str) -> str:
    """A signed fragment of the frame (`head`, `top` or `foot`); empty when no release is held."""
    held = site.held
    found = held.internal(f"~shell/{part}.html") if held else None
    return found.decode() if found else ""


def layout(_request: HttpRequest) -> str:
    """Which frame a dynamic page wears now; empty for the built-in one."""
    return WORN if all(fragment(part) for part in PARTS) else ""
