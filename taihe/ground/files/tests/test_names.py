"""Names are kept as people wrote them, without what would deceive or break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.files.names import NAMELESS, clean_name


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("关于防汛的通知.docx", "关于防汛的通知.docx"),
        ("C:\\Users\\示一甲\\桌面\\通知.pdf", "通知.pdf"),
        ("../../etc/passwd", "passwd"),
        ("通知\u202efdp.exe", "通知fdp.exe"),
        ("通知\r\nSet-Cookie: a.pdf", "通知Set-Cookie: a.pdf"),
        ("  一  二 .pdf ", "一 二 .pdf"),
        ("", NAMELESS),
        ("...", NAMELESS),
        (".pdf", "pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 118),
    ],
)
def test_names(sent, kept):
    assert clean_name(sent) == kept


@given(st.text(max_size=400))
def test_every_name_is_fit_to_be_kept(sent):
    name = clean_name(sent)
    assert 0 < len(name) <= 120
    assert "/" not in name and "\\" not in name and name.isprintable()
    assert clean_name(name) == name
