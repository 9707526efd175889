"""The provider that comes with the house, for rehearsal: PAdES by the county's own authority, pictures marked 样章.

Keys lie in the zone's key folder under ``seals/``, mode 600, encrypted by the zone's vault.  Its signatures prove that
a PDF is unchanged and which seal certificate signed it; they are no GB/T 38540 seals and claim no legal force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

from taihe.ground.paper.authority import Authority, Credential
from taihe.ground.paper.render import seal_picture
from taihe.ground.paper.signature import SealMark, put_seals
from taihe.ground.vault.sealed import zone_vault

from .errors import SealKeyMissing
from .provider import Impression, Issued


def _file(serial: str) -> str:
    return f"seal-{serial}"


class InternalProvider:
    """The embedded provider; its authority is made when first asked."""

    name = "internal"
    title = "内置签章（样章）"
    certified = False

    def __init__(self) -> None:
        self._authorities: dict[Path, Authority] = {}

    def authority(self) -> Authority:
        """The authority in this zone's key folder."""
        folder = Path(settings.TAIHE_KEY_DIR) / "seals"
        if folder not in self._authorities:
            vault = zone_vault()
            county = settings.TAIHE_COUNTY.get("county", {}).get("name", "")
            mark = "（演示）" if settings.TAIHE_DEMO else ""
            self._authorities[folder] = Authority(folder, f"{county}{mark}", locker=vault)
        return self._authorities[folder]

    def issue(self, seal_title: str, organ_name: str, life: timedelta) -> Issued:
        """Make a key and a certificate; the certificate's name says 样章."""
        authority = self.authority()
        made = authority.issue(f"{seal_title}（样章）", organ_name, life=life)
        serial = f"{made.serial:x}"
        authority.keep(_file(serial), made)
        read = x509.load_der_x509_certificate(made.certificate)
        return Issued(serial, made.certificate, read.not_valid_before_utc, read.not_valid_after_utc)

    def sign(
        self, pdf: bytes, impressions: Sequence[Impression], *, reason: str, revoked: Mapping[str, datetime]
    ) -> bytes:
        """The PDF with all seals on it.  Raises SealKeyMissing, VaultKeyLost, or what drawing the pictures raises."""
        marks = [self._mark(one) for one in impressions]
        return put_seals(pdf, marks, self.authority(), reason=reason, revoked=_numbers(revoked))

    def _mark(self, one: Impression) -> SealMark:
        credential = self._credential(one)
        drawn = seal_picture(one.title, width_mm=one.width_mm)
        return SealMark(f"{one.title}（样章）", credential, drawn, one.page, one.x_mm, one.y_mm, one.width_mm)

    def _credential(self, one: Impression) -> Credential:
        found = self.authority().kept(_file(one.serial))
        if found is None:
            raise SealKeyMissing(title=one.title)
        return found

    def forget(self, serial: str) -> None:
        """Destroy a key for good; its certificate stays."""
        self.authority().forget(_file(serial))

    def picture(self, seal_title: str, width_mm: float) -> bytes:
        """The rehearsal picture as SVG."""
        return seal_picture(seal_title, width_mm=width_mm, form="svg")

    def roots(self) -> list[bytes]:
        """The authority's own certificate."""
        return [self.authority().root.certificate]

    def revocation_list(self, revoked: Mapping[str, datetime], life: timedelta) -> bytes:
        """The list signed by the authority."""
        signed: bytes = self.authority().revocations(_numbers(revoked), life=life).dump()
        return signed


def _numbers(revoked: Mapping[str, datetime]) -> dict[int, datetime]:
    return {int(serial, 16): moment for serial, moment in revoked.items()}
