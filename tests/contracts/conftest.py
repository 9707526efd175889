"""Contracts that read one wing's modules are collected where that wing stands."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("TAIHE_ZONE") == "inner" else ["test_action_titles.py", "test_pages_inner.py"]
