"""SM2 as the second signature: held against OpenSSL, and used by many threads."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from taihe.ground.errors import BadSetup
from taihe.ground.signing import algorithms


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
@pytest.mark.parametrize("distid, holds", [("1234567812345678", True), ("8765432187654321", False)])
def test_openssl_verifies_ours_with_the_default_id(inner, tmp_path, distid, holds):
    signature = inner.sign_sm2("gate", b"letter")
    (tmp_path / "data").write_bytes(b"letter")
    (tmp_path / "signature").write_bytes(signature.value)
    public = inner.folder / "gate-sm2" / f"{signature.key_id}.pub.pem"
    answer = subprocess.run(
        ["openssl", "dgst", "-sm3", "-verify", public, "-signature", tmp_path / "signature",
         "-sigopt", f"distid:{distid}", tmp_path / "data"],
        capture_output=True,
    )  # fmt: skip
    assert (answer.returncode == 0) is holds


def test_many_threads_share_one_key(inner):
    def once(number):
        data = str(number).encode()
        inner.verify("gate", data, inner.sign_sm2("gate", data))

    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(once, range(80)))) == 80


def test_a_machine_without_tongsuo_says_so(inner, monkeypatch):
    monkeypatch.setitem(sys.modules, "tongsuopy.crypto.asymciphers", None)
    with pytest.raises(BadSetup, match="tongsuopy"):
        algorithms.generate("SM2")
