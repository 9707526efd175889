"""Rows of seals and uses without keys, for tests of pages that show many."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from taihe.ground import clock
from taihe.inner.people.models import Organ
from taihe.inner.seals.models import Seal, SealCertificate, SealUse


def seal_row(organ: Organ, *, asked: bool = False) -> Seal:
    """A seal with a certificate and one use; `asked`: somebody wants it destroyed."""
    now, serial = clock.now(), uuid4().hex
    seal = Seal.objects.create(
        organ=organ,
        organ_name=organ.name,
        title=f"演示印章{serial[:6]}",
        valid_from=date(2024, 1, 1),
        provider="internal",
        serial=serial,
        made_at=now,
        made_by_id="0",
        made_by_name="示某",
        state="suspended" if asked else "active",
        destroy_asked_at=now if asked else None,
        destroy_asked_by_id="0" if asked else "",
        destroy_asked_by_name="示某" if asked else "",
    )
    SealCertificate.objects.create(
        seal=seal, provider="internal", serial=serial, certificate=b"", not_before=now,
        not_after=now + timedelta(days=900), issued_at=now, issued_by_name="示某",
    )  # fmt: skip
    SealUse.objects.create(
        seal=seal, seal_title=seal.title, organ=organ, organ_name=organ.name, at=now, subject_type="test",
        subject_id="1", number="太演〔2026〕5号", title="演示事项", approved_by="示某", used_by_id="0",
        used_by_name="示某", sha256_before=uuid4().hex * 2, sha256_after=uuid4().hex * 2, serial=serial,
    )  # fmt: skip
    return seal
