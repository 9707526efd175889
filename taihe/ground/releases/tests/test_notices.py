"""Notices of withdrawal: signed, of this site, in one spelling."""

from __future__ import annotations

import pytest

from taihe.ground.releases import BadNotice, Notice, Tombstone, build_notice, open_notice, sign
from taihe.ground.signing import BadSignature

from .conftest import AT, SITE

NOTICE = Notice(SITE, 4, 7, (Tombstone("/content/9.html", 9, 3, AT), Tombstone("/files/00ff/附件.pdf", 9, 4, AT)))


def test_a_signed_notice_is_believed(rings):
    signer, reader = rings
    data = build_notice(NOTICE)
    signature = sign(data, signer)
    assert open_notice(data, signature, reader, peer="inner", site=SITE) == NOTICE
    with pytest.raises(BadNotice, match="另一个网站"):
        open_notice(data, signature, reader, peer="inner", site="1")
    for place in range(len(data)):
        with pytest.raises(BadSignature):
            changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            open_notice(changed, signature, reader, peer="inner", site=SITE)


@pytest.mark.parametrize(
    "notice",
    [
        Notice(SITE, 0, 7, ()),
        Notice(SITE, 1, -1, ()),
        Notice("a b", 1, 1, ()),
        Notice(SITE, 1, 1, (Tombstone("/../x", 9, 1, AT),)),
        Notice(SITE, 1, 1, (Tombstone("~shell/top.html", 9, 1, AT),)),
        Notice(SITE, 1, 1, (Tombstone("/a", 9, 2, AT),)),
    ],
)
def test_a_notice_out_of_form_is_refused(notice):
    with pytest.raises(BadNotice):
        build_notice(notice)


def test_a_manifest_is_no_notice_and_a_notice_no_manifest(rings, manifest):
    from taihe.ground.releases import BadManifest, build, open_manifest

    signer, reader = rings
    data = build(manifest)
    with pytest.raises(BadNotice):
        open_notice(data, sign(data, signer), reader, peer="inner", site=SITE)
    data = build_notice(NOTICE)
    with pytest.raises(BadManifest):
        open_manifest(data, sign(data, signer), reader, peer="inner", site=SITE)
