"""Checking the seals on any PDF: is it unchanged, whose seals are they, and were they good when they were put on.

The moment that counts is that of the time stamp: a seal destroyed today does not spoil the papers it sealed last
year, and a signature made after its certificate was revoked, or beyond its dates, is bad.  Without a time stamp of
the county's own there is no such moment.  The check decides on the whole (`bottom_line`): an overlay added later
leaves a signature itself intact.  After the last seal nothing may follow but its own proof.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from taihe.ground import clock

logger = logging.getLogger(__name__)
# More signatures than any paper carries: a file made to keep the checker busy.
MOST_SEALS = 40
# A time stamp may run ahead of this machine's clock by so much.
AHEAD = timedelta(minutes=5)
NOT_WHOLE = "文件不是完整的 PDF，无法核验。"
ENCRYPTED = "文件设有打开密码或使用限制，无法核验。请使用未加密的原文件。"
UNSIGNED = "文件上没有电子印章签名，无法证明来源和完整性。"
NO_MOMENT = "没有时间戳，不能证明签章时间"
STALE_LIST = "签名和内容没有发现问题，但印章状态清单已过有效期，不能确认印章当时是否有效。"


@dataclass(frozen=True)
class SealVerdict:
    """What one signature says: whose, when, which certificate (serial), and what is wrong with it.

    `fault` goes on from the seal's name (“…”签章后的内容被改动); `complaint` stands alone.
    """

    title: str
    organ: str
    signed_at: datetime | None
    sound: bool
    fault: str = ""
    serial: str = ""

    @property
    def complaint(self) -> str:
        """What is wrong, without the seal's name."""
        return self.fault.removeprefix("的").removeprefix("是")


@dataclass(frozen=True)
class PaperVerdict:
    """What a PDF is worth: sound only when every seal is, and nothing was added after the last.

    `unknown` says that nothing is wrong but that the list of revoked certificates is too old to tell.
    """

    sound: bool
    sentence: str
    seals: tuple[SealVerdict, ...] = ()
    unknown: bool = False


class Trust:
    """Whom the check believes: roots, and what lists signed by them have revoked (serial to moment)."""

    def __init__(self, roots: Iterable[asn1_x509.Certificate], crls: Iterable[asn1_crl.CertificateList] = ()) -> None:
        self.roots = list(roots)
        self.revoked: dict[int, datetime] = {}
        self.good_until: datetime | None = None
        plain = [x509.load_der_x509_certificate(one.dump()) for one in self.roots]
        for one in crls:
            self._take(x509.load_der_x509_crl(one.dump()), plain)

    def _take(self, given: x509.CertificateRevocationList, roots: list[x509.Certificate]) -> None:
        if not any(_signed_by(given, root) for root in roots):
            return
        for entry in given:
            known = self.revoked.get(entry.serial_number)
            moment = entry.revocation_date_utc
            self.revoked[entry.serial_number] = min(known, moment) if known else moment
        until = given.next_update_utc
        if until is not None:
            self.good_until = min(self.good_until, until) if self.good_until else until

    @property
    def stale(self) -> bool:
        """Whether no list of the roots tells of today."""
        return self.good_until is None or self.good_until < clock.now()

    def context(self, moment: datetime) -> ValidationContext:
        """How pyHanko is to judge a chain at a moment; what is revoked is looked up here, with its own moment."""
        return ValidationContext(
            trust_roots=self.roots, allow_fetching=False, revocation_mode="soft-fail", moment=moment
        )


def _signed_by(given: x509.CertificateRevocationList, root: x509.Certificate) -> bool:
    try:
        return given.issuer == root.subject and given.is_signature_valid(root.public_key())  # type: ignore[arg-type]
    except (InvalidSignature, TypeError, ValueError):
        return False


def check_seals(
    pdf: bytes, roots: Iterable[asn1_x509.Certificate], crls: Iterable[asn1_crl.CertificateList] = ()
) -> PaperVerdict:
    """Check any PDF against the county's roots; says in Chinese what is wrong, raises nothing for a bad file.

    About 0.1 s a seal for a paper of the county; the caller bounds the size of the file.
    """
    trust = Trust(roots, crls)
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            return PaperVerdict(False, ENCRYPTED)
        embedded = list(reader.embedded_regular_signatures)
        empty = sum(1 for _ in enumerate_sig_fields(reader, filled_status=False)) if embedded else 0
    except Exception:  # whatever a stranger's file does to the parser, it is not a sound paper
        logger.info("a PDF could not be read", exc_info=True)
        return PaperVerdict(False, NOT_WHOLE)
    if not embedded:
        return PaperVerdict(False, UNSIGNED)
    if len(embedded) > MOST_SEALS:
        return PaperVerdict(False, f"文件上的签名超过 {MOST_SEALS} 个，不是本县公文的样式，未作核验。")
    seals = tuple(_check_one(one, trust, last=one is embedded[-1]) for one in embedded)
    return _summed_up(seals, empty, trust)


def _summed_up(seals: tuple[SealVerdict, ...], empty: int, trust: Trust) -> PaperVerdict:
    faults = [f"“{one.title}”{one.fault}" for one in seals if not one.sound]
    if empty:
        faults.append(f"预留的印章位置有 {empty} 处没有签章，文件不完整")
    if faults:
        return PaperVerdict(False, "文件未通过核验：" + "；".join(faults) + "。", seals)
    if trust.stale:
        return PaperVerdict(False, STALE_LIST, seals, unknown=True)
    return PaperVerdict(True, f"文件完整，{len(seals)} 枚印章的签名均有效，签章后没有改动。", seals)


def _check_one(one: EmbeddedPdfSignature, trust: Trust, *, last: bool) -> SealVerdict:
    title, organ, serial, moment = "未知印章", "", "", None
    try:
        certificate = one.signer_cert
        named: dict[str, Any] = certificate.subject.native
        title, organ = str(named.get("common_name", title)), str(named.get("organization_name", ""))
        serial = f"{certificate.serial_number:x}"
        moment = _claimed_moment(one)
        status = validate_pdf_signature(
            one, trust.context(moment or clock.now()), ts_validation_context=trust.context(clock.now())
        )
        stamped = status.timestamp_validity.timestamp if status.timestamp_validity else None
        fault = _content_fault(status, last) or _moment_fault(status, trust) or _seal_fault(status, trust, stamped)
    except Exception:  # a signature that cannot be read is not a sound one
        logger.info("a signature could not be read", exc_info=True)
        return SealVerdict(title, organ, None, False, "的签名无法识别", serial)
    return SealVerdict(title, organ, stamped, not fault, fault, serial)


def _claimed_moment(one: EmbeddedPdfSignature) -> datetime | None:
    """The moment the only time stamp names, not yet believed.  Raises ValueError for several."""
    tokens = list(extract_tst_data_iter(one.signer_info, signed=False))
    if len(tokens) > 1:
        raise ValueError("more than one time stamp")
    if not tokens:
        return None
    moment: datetime = tokens[0]["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def _content_fault(status: PdfSignatureStatus, last: bool) -> str:
    """What is wrong with the content the seal stands on."""
    if not status.intact:
        return "签章后的内容被改动"
    if not status.valid:
        return "的签名值不正确"
    level = status.modification_level
    # Before the last seal others may sign; after it nothing follows but what proves it.
    most = ModificationLevel.LTA_UPDATES if last else ModificationLevel.FORM_FILLING
    if level is None or level > most or not status.docmdp_ok:
        return "签章之后又被添加了内容"
    return ""


def _moment_fault(status: PdfSignatureStatus, trust: Trust) -> str:
    """What is wrong with the time stamp, without which nobody knows when the seal was put on."""
    stamp = status.timestamp_validity
    if stamp is None:
        return NO_MOMENT
    if not (stamp.valid and stamp.intact):
        return "的时间戳不正确"
    if not stamp.trusted or _revoked_at(stamp.signing_cert, trust) is not None:
        return "的证书不是本县签发的，或时间戳不可信" if not status.trusted else "的时间戳不是本县签发的，或已失效"
    if stamp.timestamp > clock.now() + AHEAD:
        return "的时间戳晚于现在的时间"
    return ""


def _seal_fault(status: PdfSignatureStatus, trust: Trust, moment: datetime | None) -> str:
    """What is wrong with the certificate at the moment of the time stamp."""
    certificate = status.signing_cert
    if moment is None:
        return NO_MOMENT
    revoked = _revoked_at(certificate, trust)
    if revoked is not None and revoked <= moment:
        return f"的证书已于{clock.local(revoked):%Y-%m-%d %H:%M}吊销，签章在吊销之后"
    if not certificate.not_valid_before <= moment <= certificate.not_valid_after and _ours(certificate, trust):
        return "是在证书有效期之外签的"
    if not status.trusted:
        return "的证书不是本县签发的"
    return "" if status.bottom_line else "的签名不符合要求"


def _revoked_at(certificate: asn1_x509.Certificate, trust: Trust) -> datetime | None:
    return trust.revoked.get(certificate.serial_number)


def _ours(certificate: asn1_x509.Certificate, trust: Trust) -> bool:
    return any(certificate.issuer == root.subject for root in trust.roots)
