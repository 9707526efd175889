"""What the modules above ask of seals: which may be used, put them on a paper, note the use, check a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.paper.apart import check_apart
from taihe.ground.paper.signature import PaperVerdict, check_seals
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import require

from . import queries
from .actions.using import note_use
from .errors import NoUsableSeal, SealNotUsable
from .models import Seal, SealState
from .provider import Impression, signing_provider
from .queries import Original, known_original, seals_of
from .rights import USE
from .trust import trust

__all__ = [
    "Original",
    "Place",
    "check",
    "check_strange",
    "known_original",
    "note_use",
    "require_provider",
    "require_seal",
    "seals_of",
    "sign_paper",
]


@dataclass(frozen=True)
class Place:
    """Where one seal belongs: page from 1, its middle in mm from the page's upper left corner."""

    seal_pk: int
    page: int
    x_mm: float
    y_mm: float


def require_provider() -> None:
    """Raise NoCertifiedProvider where papers may not be sealed at all (production without a certified provider)."""
    signing_provider()


def require_seal(actor: Actor, organ: Organ) -> Seal:
    """The seal of an organ that the asker may put on a paper now, its 公章 before others.

    Raises NotAllowed without `seals.use` over the organ, NoUsableSeal when it has none that is active, in its
    dates and under a valid certificate, and NoCertifiedProvider in production without a certified provider.
    """
    require(actor, USE, organ)
    require_provider()
    found = queries.usable_seal(organ)
    if found is None:
        raise NoUsableSeal(organ=organ.name, why="")
    _guard_certificate(found)
    return found


def sign_paper(pdf: bytes, places: Sequence[Place], *, reason: str) -> bytes:
    """The PDF with every seal on it, in the order given; the bytes before each signature stay as they were.

    About 0.3 s a seal: call it outside any transaction.  Who may do this was asked before (`require_seal`), and
    `note_use` asks again.  Raises SealNotUsable, NoCertifiedProvider, SealKeyMissing, GlyphsMissing or
    PaperFontsMissing; the PDF given stays untouched.
    """
    chosen = signing_provider()
    known = {one.pk: one for one in queries.by_numbers([place.seal_pk for place in places])}
    impressions = []
    for place in places:
        seal = known[place.seal_pk]
        _guard_state(seal)
        _guard_certificate(seal)
        impressions.append(
            Impression(seal.serial, seal.title, place.page, place.x_mm, place.y_mm, float(seal.width_mm))
        )
    return chosen.sign(pdf, impressions, reason=reason, revoked=queries.revoked(chosen.name))


def _guard_state(seal: Seal) -> None:
    if seal.state != SealState.ACTIVE:
        raise SealNotUsable(title=seal.title, why=f"已{seal.get_state_display().removeprefix('已')}")
    if not seal.usable_on(clock.today()):
        raise SealNotUsable(title=seal.title, why="不在有效期内")


def _guard_certificate(seal: Seal) -> None:
    if seal.provider != signing_provider().name:
        raise SealNotUsable(title=seal.title, why="证书由原来的签章服务签发，须换发")
    if queries.certificate_of(seal).not_after <= clock.now():
        raise SealNotUsable(title=seal.title, why="证书已到期，须换发")


def check(pdf: bytes) -> PaperVerdict:
    """Whether a PDF of our own is sealed by this county and unchanged since; raises nothing for a bad file."""
    roots, lists = trust()
    return check_seals(
        pdf,
        [asn1_x509.Certificate.load(one) for one in roots],
        [asn1_crl.CertificateList.load(one) for one in lists],
    )


def check_strange(pdf: bytes) -> PaperVerdict:
    """`check` for a file that somebody brings: in a process of its own, with an end (rule seals.verify_seconds)."""
    roots, lists = trust()
    return check_apart(pdf, roots, lists, seconds=rule("seals.verify_seconds"))
