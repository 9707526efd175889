"""The flow an instance runs on: read once per process and file."""

from __future__ import annotations

from functools import lru_cache

from .engine import Flow, load
from .models import ProcessDefinition


def flow_of(definition: ProcessDefinition) -> Flow:
    """The checked flow of a definition; the file itself is read only when this process has not met it."""
    return _by_digest(definition.sha256, definition.pk)


@lru_cache(maxsize=64)
def _by_digest(sha256: str, pk: int) -> Flow:
    return load(bytes(ProcessDefinition.objects.values_list("bpmn", flat=True).get(pk=pk)))
