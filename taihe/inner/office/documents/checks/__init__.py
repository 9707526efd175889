"""What software can see wrong in a document, with clause and, where it is safe, a correction at one click.

The letters and numbers are those of the county's list of checks (D 行文, F 格式, N 编号, T 文字).
"""

from __future__ import annotations

from .finding import Finding, blocking
from .running import apply_fix, run

__all__ = ["Finding", "apply_fix", "blocking", "run"]
