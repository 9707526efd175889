"""Seals on a paper: visible pictures that are PAdES signatures, and the check that any PDF can be put to.

PAdES-B-LT with an internal time stamp and revocation list, all without a network.  For several organs every
field stands before the first signs.  What a check asks is in `verifying`.  This is no GB/T 38540 seal, and says so.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import NamedTemporaryFile

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from taihe.ground import clock

from .authority import Authority, Credential
from .verifying import PaperVerdict, SealVerdict, check_seals

__all__ = ["PaperVerdict", "SealMark", "SealVerdict", "check_seals", "put_seals"]
PAGE_HEIGHT_MM = 297.0
# It warns at each signature that revocation lists cannot be fetched; ours are handed over.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)
POINT = 72 / 25.4


@dataclass(frozen=True)
class SealMark:
    """One seal to put on: its picture (a one-page PDF), page from 1, and the middle in mm from the upper left."""

    title: str
    credential: Credential
    picture: bytes
    page: int
    x: float
    y: float
    width_mm: float = 42.0

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The field's corners in points from the lower left."""
        half = self.width_mm / 2
        corners = (self.x - half, PAGE_HEIGHT_MM - self.y - half, self.x + half, PAGE_HEIGHT_MM - self.y + half)
        left, bottom, right, top = (round(one * POINT) for one in corners)
        return left, bottom, right, top


def put_seals(
    pdf: bytes, marks: Sequence[SealMark], authority: Authority, *, reason: str, revoked: Mapping[int, datetime]
) -> bytes:
    """Sign a PDF with every seal in order; the bytes before each signature are kept as they were.

    Slow (about 0.3 s a seal, most of it the time stamp): call it outside any transaction.
    """
    context = _context(authority, revoked)
    output = io.BytesIO(pdf)
    writer = IncrementalPdfFileWriter(output)
    for number, mark in enumerate(marks, 1):
        fields.append_signature_field(writer, fields.SigFieldSpec(f"Seal{number}", on_page=mark.page - 1, box=mark.box))
    writer.write_in_place()  # type: ignore[no-untyped-call]
    for number, mark in enumerate(marks, 1):
        _sign_one(output, f"Seal{number}", mark, authority, context, reason)
    return output.getvalue()


def _sign_one(
    output: io.BytesIO, field: str, mark: SealMark, authority: Authority, context: ValidationContext, reason: str
) -> None:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(authority.root.signing_certificate)
    signer = signers.SimpleSigner(mark.credential.signing_certificate, mark.credential.signing_key, store)
    stamp_clock = authority.clock_certificate
    stamper = DummyTimeStamper(
        stamp_clock.signing_certificate, stamp_clock.signing_key, store, fixed_dt=clock.now().replace(microsecond=0)
    )
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        name=mark.title,
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=True,
        validation_context=context,
    )
    with NamedTemporaryFile(suffix=".pdf") as picture:
        picture.write(mark.picture)
        picture.flush()
        style = StaticStampStyle.from_pdf_file(picture.name, border_width=0, background_opacity=1.0)
        signing = signers.PdfSigner(meta, signer, timestamper=stamper, stamp_style=style)
        signing.sign_pdf(IncrementalPdfFileWriter(output), in_place=True)


def _context(authority: Authority, revoked: Mapping[int, datetime]) -> ValidationContext:
    return ValidationContext(
        trust_roots=[authority.root.signing_certificate],
        crls=[authority.revocations(revoked)],
        allow_fetching=False,
        revocation_mode="require",
        moment=clock.now(),
    )
