"""The only writer of the trust data."""

from __future__ import annotations

import base64
from datetime import timedelta

from asn1crypto import crl, x509

from taihe.gate.letters.seals import SealsTrust, SealsWanted
from taihe.gate.posting import post
from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.digests import digest

from .models import TrustData
from .queries import held

VERIFIER = Actor.system("文件核验")
SUBJECT = ("outer_seals.trustdata", "1", "核验资料")
# How far the office side's clock may run ahead; data from further on would shut out all that follows.
AHEAD = timedelta(minutes=10)


@action("seals.keep_trust")
def keep_trust(actor: Actor, letter: SealsTrust) -> bool:
    """Take the newest trust data; older ones, those of the future and unreadable ones are refused on record."""
    row = TrustData.objects.select_for_update().filter(pk=1).first()
    facts = {"issued_at": letter.issued_at.isoformat(), "provider": letter.provider}
    why = _unfit(letter, row)
    if why:
        record(SUBJECT, detail={**facts, "why": why}, refused=True)
        return False
    fields = {
        "issued_at": letter.issued_at,
        "received_at": clock.now(),
        "provider": letter.provider,
        "certified": letter.certified,
        "roots": list(letter.roots),
        "revocation_lists": list(letter.revocation_lists),
    }
    TrustData.objects.update_or_create(pk=1, defaults=fields)
    record(SUBJECT, after=digest([letter.roots, letter.revocation_lists]), detail=facts)
    return True


def _unfit(letter: SealsTrust, row: TrustData | None) -> str:
    if row is not None and letter.issued_at <= row.issued_at:
        return "不比已有的资料新"
    if letter.issued_at > clock.now() + AHEAD:
        return "截至时间晚于现在"
    try:
        for one in letter.roots:
            x509.Certificate.load(base64.b64decode(one, validate=True), strict=True).native  # noqa: B018  reads it whole
        for one in letter.revocation_lists:
            crl.CertificateList.load(base64.b64decode(one, validate=True), strict=True).native  # noqa: B018
    except (ValueError, TypeError):
        return "内容不能识别"
    return ""


@action("seals.ask_trust")
def ask_trust(actor: Actor) -> None:
    """Ask the office side for the newest trust data."""
    known = held()
    post(SealsWanted(held_issued_at=known.issued_at if known else None))
    record(SUBJECT, detail={"held": known.issued_at.isoformat() if known else ""})
