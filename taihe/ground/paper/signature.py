"""Seals on a paper: visible pictures that are PAdES signatures, and the check that any PDF can be put to.

PAdES-B-LT with an internal time stamp and revocation list, all without a network.  For several organs every
field stands before the first signs.  A check decides on the whole (`bottom_line`): an overlay added later
leaves a signature itself intact.  This is no GB/T 38540 seal, and says so.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import NamedTemporaryFile

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from taihe.ground import clock

from .authority import Authority, Credential

logger = logging.getLogger(__name__)
PAGE_HEIGHT_MM = 297.0
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
    pdf: bytes, marks: Sequence[SealMark], authority: Authority, *, reason: str, revoked: dict[int, datetime]
) -> bytes:
    """Sign a PDF with every seal in order; the bytes before each signature are kept as they were.

    Slow (about 50 ms a seal): call it outside any transaction.
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


def _context(authority: Authority, revoked: dict[int, datetime]) -> ValidationContext:
    return ValidationContext(
        trust_roots=[authority.root.signing_certificate],
        crls=[authority.revocations(revoked)],
        allow_fetching=False,
        revocation_mode="require",
        moment=clock.now(),
    )


@dataclass(frozen=True)
class SealVerdict:
    """What one signature says: whose, when, whether it covers everything, and what is wrong with it."""

    title: str
    organ: str
    signed_at: datetime | None
    sound: bool
    fault: str = ""


@dataclass(frozen=True)
class PaperVerdict:
    """What a PDF is worth: sound only when every seal is, and nothing was added after the last."""

    sound: bool
    sentence: str
    seals: tuple[SealVerdict, ...] = ()


def check_seals(
    pdf: bytes, roots: Iterable[asn1_x509.Certificate], crls: Iterable[asn1_crl.CertificateList] = ()
) -> PaperVerdict:
    """Check any PDF against the county's roots; says in Chinese what is wrong, raises nothing for a bad file."""
    try:
        embedded = list(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures)
    except Exception:  # whatever a stranger's file does to the parser, it is not a sound paper
        logger.info("a PDF could not be read", exc_info=True)
        return PaperVerdict(False, "文件不是完整的 PDF，无法核验。")
    if not embedded:
        return PaperVerdict(False, "文件上没有电子印章签名，无法证明来源和完整性。")
    roots, crls = list(roots), list(crls)
    seals = tuple(_check_one(one, roots, crls) for one in embedded)
    if all(one.sound for one in seals):
        return PaperVerdict(True, f"文件完整，{len(seals)} 枚印章的签名均有效，签章后没有改动。", seals)
    return PaperVerdict(False, "文件未通过核验：" + "；".join(one.fault for one in seals if one.fault), seals)


def _check_one(
    one: EmbeddedPdfSignature, roots: list[asn1_x509.Certificate], crls: list[asn1_crl.CertificateList]
) -> SealVerdict:
    certificate = one.signer_cert
    named = certificate.subject.native if certificate is not None else {}
    title, organ = named.get("common_name", "未知印章"), named.get("organization_name", "")
    try:
        context = ValidationContext(
            trust_roots=roots, crls=crls, allow_fetching=False, revocation_mode="require" if crls else "soft-fail",
            moment=clock.now(),
        )  # fmt: skip
        status = validate_pdf_signature(one, context, ts_validation_context=context)
    except Exception:  # a signature that cannot be read is not a sound one
        logger.info("a signature could not be read", exc_info=True)
        return SealVerdict(title, organ, None, False, f"“{title}”的签名无法识别")
    moment = status.timestamp_validity.timestamp if status.timestamp_validity else status.signer_reported_dt
    return SealVerdict(title, organ, moment, bool(status.bottom_line), _fault(title, status))


def _fault(title: str, status: PdfSignatureStatus) -> str:
    if status.bottom_line:
        return ""
    if not status.intact:
        return f"“{title}”签章后的内容被改动"
    if not status.valid:
        return f"“{title}”的签名值不正确"
    if status.revoked:
        return f"“{title}”的证书已被吊销"
    if not status.trusted:
        return f"“{title}”的证书不是本县签发的，或已不在有效期"
    return f"“{title}”签章之后又被添加了内容"
