"""The colour of a sub-site: whatever an editor picks stays readable under white letters (GB/T 37668)."""

from __future__ import annotations

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")
WANTED = 5.2
Rgb = tuple[int, int, int]


def _luminance(colour: Rgb) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def contrast(colour: str, other: str = "#ffffff") -> float:
    """WCAG contrast ratio of two colours such as ``#0b5cab``."""
    low, high = sorted((_luminance(_rgb(colour)), _luminance(_rgb(other))))
    return (high + 0.05) / (low + 0.05)


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def tone_sheet(colour: str) -> str:
    """A style sheet that swaps the site's primary colour; empty when `colour` is none.

    Too light a colour is darkened until white letters on it reach the wanted contrast.
    """
    wish = colour.strip().lower()
    if not COLOUR.fullmatch(wish):
        return ""
    primary = _rgb(wish)
    while contrast(_hex(primary)) < WANTED:
        primary = _mix(primary, (0, 0, 0), 0.06)
    tones = {
        "--p": primary,
        "--pd": _mix(primary, (0, 0, 0), 0.22),
        "--pt": _mix(primary, (255, 255, 255), 0.91),
        "--pl": _mix(primary, (255, 255, 255), 0.8),
        "--foot": _mix(primary, (0, 0, 0), 0.42),
    }
    return ":root{" + ";".join(f"{name}:{_hex(tone)}" for name, tone in tones.items()) + "}\n"
