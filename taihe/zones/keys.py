"""The keys a zone needs, made once, and the exchange of public ones between the two gate halves."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from taihe.ground.errors import BadSetup
from taihe.ground.releases import PURPOSE as RELEASE
from taihe.ground.signing import SM2, X25519, KeyRing, mark_demo, refuse_demo, sm2_purpose, write_atomically
from taihe.ground.vault.keys import vault_at

# What one half shows the other: purposes whose public keys travel in the exchanged file.
EXCHANGED = ("gate", sm2_purpose("gate"), "gate-box", "audit")
# Keys that sign pages: only the office wing has them.  The other is shown the public half of those that sign releases,
# and can sign none; what signs approvals is nobody else's business.
SHOWN: dict[str, tuple[str, ...]] = {"inner": (RELEASE, sm2_purpose(RELEASE)), "outer": ()}
OWN: dict[str, tuple[str, ...]] = {"inner": ("portal-approval",), "outer": ()}
# Switches that move the clock, kill the process or show its insides: never where real people are served.
FOR_TESTS = ("TAIHE_DEBUG", "TAIHE_CLOCK_OFFSET", "TAIHE_KILLPOINT")
ALGORITHMS = {sm2_purpose("gate"): SM2, sm2_purpose(RELEASE): SM2, "gate-box": X25519}


def purposes_of(zone: str) -> tuple[str, ...]:
    """Purposes for which a zone has keys of its own."""
    return (*EXCHANGED, *SHOWN[zone], *OWN[zone])


def make_keys(folder: Path, zone: str, *, demo: bool) -> list[str]:
    """Make whatever a zone's key folder lacks; returns what was made.  Demo keys carry a mark."""
    ring = KeyRing(folder)
    if demo and not folder.exists():
        mark_demo(folder)  # before the first key: a kill in between must not leave demo keys unmarked
    made = []
    for purpose in purposes_of(zone):
        if purpose not in ring.purposes():
            ring.ensure(purpose, ALGORITHMS.get(purpose, "Ed25519"))
            made.append(purpose)
    if vault_at(folder).ensure():
        made.append("vault")
    secret = folder / "web-secret"
    if not secret.exists():
        write_atomically(secret, secrets.token_urlsafe(48).encode())
        made.append("web-secret")
    return made


def export_for_peer(folder: Path) -> bytes:
    """The file an operator carries to the other zone."""
    return KeyRing(folder).export_public(*_shown(KeyRing(folder)))


def _shown(ring: KeyRing) -> tuple[str, ...]:
    pages = (one for purposes in SHOWN.values() for one in purposes)
    return (*EXCHANGED, *(one for one in pages if one in ring.purposes()))


def introduce(folders: dict[str, Path]) -> None:
    """Demo only: both key folders are on this machine, so the two halves are shown each other's keys."""
    for zone, folder in folders.items():
        ring = KeyRing(folder)
        for peer, other in folders.items():
            if peer == zone:
                continue
            theirs = KeyRing(other)
            if not all(_knows(ring, peer, purpose, theirs.active_key_id(purpose)) for purpose in _shown(theirs)):
                ring.import_peer(peer, export_for_peer(other), theirs.fingerprint("gate"))


def _knows(ring: KeyRing, peer: str, purpose: str, key_id: str) -> bool:
    return key_id in {one.key_id for one in ring.records(purpose, peer)}


def require_production(folder: Path, zone: str) -> None:
    """Raise BadSetup, naming everything that is wrong, unless this zone is fit to serve real people."""
    refuse_demo(folder)
    ring = KeyRing(folder)
    missing = [purpose for purpose in (*EXCHANGED, *OWN.get(zone, ())) if purpose not in ring.purposes()]
    if not (folder / "web-secret").exists() and not os.environ.get(f"TAIHE_SECRET_KEY_{zone.upper()}"):
        missing.append("web-secret")
    if missing:
        raise BadSetup(
            what=f"生产模式缺少 {zone} 区的密钥：{'、'.join(missing)}（{folder}）。", fix="请运行 taihe setup 生成。"
        )
    if zone == "outer" and RELEASE in ring.purposes():
        raise BadSetup(
            what=f"互联网服务区的密钥目录里有签署页面的密钥（{folder / RELEASE}）。",
            fix="这把密钥只能在办公区：请移走，在办公区更换密钥，并检查它为何在此。",
        )
    vault_at(folder).require()
    for name in FOR_TESTS:
        if os.environ.get(name, "0") not in ("", "0"):
            raise BadSetup(what=f"生产模式不允许设置 {name}（仅供调试和测试）。", fix=f"请去掉环境变量 {name}。")
    if not os.environ.get(f"TAIHE_HOSTS_{zone.upper()}"):
        raise BadSetup(
            what=f"生产模式没有写明 {zone} 区的域名（TAIHE_HOSTS_{zone.upper()}）。",
            fix="请写明访问者使用的域名，多个用逗号隔开。",
        )
    peer = "outer" if zone == "inner" else "inner"
    if peer not in ring.peers():
        raise BadSetup(
            what=f"{zone} 区还没有对方区（{peer}）的公钥，信件无法核验。",
            fix="请在对方区运行 taihe gate keys export，把文件拿来，核对指纹后运行 taihe gate keys import。",
        )
