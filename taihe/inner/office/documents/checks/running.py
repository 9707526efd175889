"""Running the checks of a stage over one document and one content."""

from __future__ import annotations

from typing import Literal

from ..content import Content
from ..models import Document
from .finding import Finding

Stage = Literal["writing", "submit", "sign", "recheck", "number", "seal"]


def run(document: Document, content: Content, *, stage: str, measure: bool = False) -> list[Finding]:
    """All findings of a stage, the severest first."""
    return []


def apply_fix(code: str, place: str, document: Document, content: Content) -> Content:
    """The content with one finding corrected; unchanged where the finding is gone."""
    return content
