"""A printing press for tests: releases of a small site, signed by an inner zone of its own, laid on a disk."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli

from taihe.ground.releases import (
    FIRST,
    PURPOSE,
    File,
    Manifest,
    Notice,
    Tombstone,
    Variant,
    build,
    build_notice,
    sign,
)
from taihe.ground.signing import KeyRing, mark_demo
from taihe.outer.portal.disk import Disk, Signed
from taihe.outer.portal.trust import Trust

SITE = "www.taihe.example"
BEGUN = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MIMES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
LONG = "太和县人民政府门户网站演示文字。" * 40
CONTENTS = {
    "/": f"<!doctype html><title>首页</title>{LONG}",
    "/zwgk/": f"<!doctype html><title>政务公开</title>{LONG}",
    "/content/1.html": f"<!doctype html><title>第一篇</title>{LONG}",
    "/content/2.html": f"<!doctype html><title>第二篇</title>{LONG}",
    "/t/content/2.html": f"<!doctype html><title>第二篇（文字版）</title>{LONG}",
    "/zwgk/通知.html": "<!doctype html><title>通知</title>短",
    "/assets/site.0a1b2c3d.css": "body{color:#222}" * 20,
    "/img/mark.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "/files/0123456789abcdef/申请表.docx": "0123456789" * 50,
    "~mode/standard.css": "body{font-size:16px}",
    "~mode/elder.css": "body{font-size:22px}",
    "~shell/head.html": '<meta charset="utf-8"><meta name="S" content="壳">',
    "~shell/top.html": '<a href="#main">跳到正文</a><header>壳顶</header>',
    "~shell/foot.html": "<footer>壳底</footer>",
    "~withdrawn.html": "<!doctype html><title>已撤下</title><h1>该内容已撤下</h1>",
    "~error.html": "<!doctype html><title>出错</title>",
}


def mime_of(path: str) -> str:
    return MIMES.get(path.rpartition(".")[2], MIMES["html"])


class Press:
    """The inner zone in one object: a signing key, the numbers, and the last release made."""

    def __init__(self, folder: Path, *, site: str = SITE, inner: Path | None = None, outer: Path | None = None) -> None:
        self.inner, self.site = KeyRing(inner or folder / "inner-keys"), site
        outer_ring = KeyRing(outer or folder / "outer-keys")
        if inner is None:
            for ring in (self.inner, outer_ring):
                mark_demo(ring.folder)
            self.inner.ensure(PURPOSE)
            outer_ring.import_peer("inner", self.inner.export_public(PURPOSE), self.inner.fingerprint(PURPOSE))
        self.trust = Trust(ring=outer_ring, peer="inner", site=site)
        self.previous, self.number = FIRST, 0
        self.objects: dict[str, bytes] = {}
        self.manifest: Manifest | None = None

    def _object(self, data: bytes) -> Variant:
        sha256 = hashlib.sha256(data).hexdigest()
        self.objects[sha256] = data
        return Variant(sha256, len(data))

    def file(self, path: str, text: str | bytes) -> File:
        data = text.encode() if isinstance(text, str) else text
        plain, gz, br = self._object(data), None, None
        if len(data) > 300 and not path.startswith("/files/"):
            gz = self._object(gzip.compress(data, mtime=0))
            br = self._object(brotli.compress(data, quality=5))
        return File(path, plain.sha256, plain.size, mime_of(path), gz, br)

    def release(self, contents: dict[str, str], *, number: int | None = None, buried: tuple[str, ...] = ()) -> Signed:
        """The next release with these contents."""
        self.number = self.number + 1 if number is None else number
        made_at = BEGUN + timedelta(minutes=self.number)
        graves = tuple(Tombstone(path, 2, one, made_at) for one, path in enumerate(sorted(buried), 1))
        files = tuple(self.file(path, text) for path, text in sorted(contents.items()) if path not in buried)
        self.manifest = Manifest(
            number=self.number,
            previous=self.previous,
            made_at=made_at,
            key=self.inner.active_key_id(PURPOSE),
            site=self.site,
            files=files,
            tombstones=graves,
        )
        data = build(self.manifest)
        self.previous = hashlib.sha256(data).hexdigest()
        return Signed(data, sign(data, self.inner))

    def notice(self, serial: int, after: int, *paths: str) -> Signed:
        """An urgent withdrawal of some paths."""
        graves = tuple(Tombstone(path, 2, serial, BEGUN) for path in paths)
        data = build_notice(Notice(self.site, serial, after, graves))
        return Signed(data, sign(data, self.inner))

    def lay(self, disk: Disk, signed: Signed, *, switch: bool = True) -> Manifest:
        """Put a release on both copies, as the installer does."""
        manifest = self.trust.manifest(signed)
        disk.ready()
        for copy in disk.copies:
            copy.store.put_many(self.objects[one] for one in manifest.objects)
            copy.put_release(manifest.number, signed)
            if switch:
                copy.switch(manifest.number)
        return manifest
