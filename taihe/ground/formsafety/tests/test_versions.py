"""Nobody overwrites another unseen."""

from __future__ import annotations

from datetime import date

import pytest

from taihe.ground.errors import StaleVersion
from taihe.ground.formsafety.models import OneTimeKey
from taihe.ground.formsafety.tests.models import Notice
from taihe.ground.formsafety.versions import check_version
from taihe.ground.testkit.forms import hidden_fields

pytestmark = pytest.mark.django_db


def fill(page, **typed):
    return hidden_fields(page) | {"title": "原标题", "urgency": "no", "public": "on", "day": ""} | typed


def test_the_page_carries_the_version_it_shows(browser, notice, clerk):
    page = browser.get(f"/notice/{notice.pk}/")
    assert hidden_fields(page)["form_version"] == "1"
    browser.post(f"/notice/{notice.pk}/", fill(page, title="新标题"))
    notice.refresh_from_db()
    assert (notice.title, notice.version) == ("新标题", 2)


def test_both_texts_stay_on_the_page_and_the_second_word_counts(browser, notice, clerk):
    mine, theirs = (browser.get(f"/notice/{notice.pk}/") for _ in range(2))
    browser.post(f"/notice/{notice.pk}/", fill(theirs, title="对方的<b>标题", urgency="yes", day="2026-05-01"))
    typed = fill(mine, title="我的标题", public="")
    del typed["public"]
    refused = browser.post(f"/notice/{notice.pk}/", typed)
    page = refused.content.decode()
    assert "已被他人修改" in page and "对方的改动" in page and "您填写的内容" in page
    for text in ("对方的&lt;b&gt;标题", "我的标题", "加急", "平件", "2026-05-01", "（空）", "是", "否"):
        assert text in page, text
    notice.refresh_from_db()
    assert (notice.title, notice.version) == ("对方的<b>标题", 2)
    assert 'value="我的标题"' in page

    again = fill(refused, title="我的标题")
    assert again["form_version"] == "2"
    assert browser.post(f"/notice/{notice.pk}/", again).status_code == 302
    notice.refresh_from_db()
    assert (notice.title, notice.version) == ("我的标题", 3)


def test_only_what_differs_is_compared(browser, notice, clerk):
    mine = browser.get(f"/notice/{notice.pk}/")
    Notice._default_manager.filter(pk=notice.pk).update(version=2, urgency="yes")
    page = browser.post(f"/notice/{notice.pk}/", fill(mine)).content.decode()
    table = page[page.index("gv-conflict") : page.index("</table>")]
    assert "缓急" in table and "标题" not in table


def test_a_conflict_uses_no_key(browser, notice, clerk):
    mine = browser.get(f"/notice/{notice.pk}/")
    Notice._default_manager.filter(pk=notice.pk).update(version=2)
    browser.post(f"/notice/{notice.pk}/", fill(mine))
    assert not OneTimeKey.objects.exists()


def test_what_was_typed_with_faults_keeps_the_version_first_seen(browser, notice, clerk):
    mine = browser.get(f"/notice/{notice.pk}/")
    Notice._default_manager.filter(pk=notice.pk).update(version=2)
    faulty = browser.post(f"/notice/{notice.pk}/", fill(mine, title=""))
    assert hidden_fields(faulty)["form_version"] == "1"


@pytest.mark.parametrize("sent", ["", "x", "１", "-1", "9999999999999"])
def test_a_form_on_a_record_needs_its_version(browser, notice, clerk, sent):
    page = browser.get(f"/notice/{notice.pk}/")
    refused = browser.post(f"/notice/{notice.pk}/", fill(page, title="新", form_version=sent))
    assert "缺少版本信息" in refused.content.decode()
    notice.refresh_from_db()
    assert notice.title == "原标题"


@pytest.mark.parametrize("posted", [None, 1, 3])
def test_check_version_names_the_record(posted):
    with pytest.raises(StaleVersion, match="通知“甲”已被他人修改"):
        check_version(Notice(title="甲", version=2, day=date(2026, 1, 1)), posted)
    check_version(Notice(title="甲", version=2), 2)
