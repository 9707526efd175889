from __future__ import annotations

import pytest

from taihe.inner.workflow.registry import forget_subject, register_subject

from .kit import PaperKind, build


@pytest.fixture
def kind():
    made = PaperKind()
    register_subject(made)
    yield made
    forget_subject(made.kind)


@pytest.fixture
def house(kind, db):
    """Three signers in parallel."""
    return build(kind)
