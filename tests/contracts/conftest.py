"""Contracts that read one wing's modules are collected where that wing stands."""

from __future__ import annotations

import os

INNER_ONLY = ["test_action_titles.py", "test_pages_inner.py", "test_pages_portal.py"]
collect_ignore = [] if os.environ.get("TAIHE_ZONE") == "inner" else INNER_ONLY
