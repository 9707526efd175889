"""One page: written, stopped, reviewed by three, public, edited, withdrawn; and what must never reach the public."""

from __future__ import annotations

import re
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from .people import sign_in

pytestmark = pytest.mark.journey
TITLE = f"演示：便民服务站点新增延时服务（{time.time_ns() % 10**6}）"
TEXT = "自下周起，全县便民服务站点工作日延时一小时，周末安排专人值守。"
FORBIDDEN = "测试禁词甲"
PHONE = "199" + "0000" + "1234"
WAIT_SECONDS = 90


def fetch(address: str) -> tuple[int, str]:
    """Status and text of a public page, as any visitor gets it."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode("utf-8", "replace")


def until(address: str, fits, what: str) -> float:
    """Wait until a public page is as it should be; the seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < WAIT_SECONDS:
        if fits(*fetch(address)):
            return time.monotonic() - began
        time.sleep(0.2)
    raise AssertionError(f"{what} not within {WAIT_SECONDS} s")


def write_body(page, text: str) -> None:
    """Put a paragraph into the editor's body, or replace the one that stands there."""
    editor = page.locator(".public-DraftEditor-content").first
    page.wait_for_load_state("networkidle")
    if not editor.count():
        page.locator(".c-sf-add-button").first.click()
        page.get_by_role("option", name="正文", exact=False).first.click()
    editor.wait_for()
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(text)
    page.wait_for_function(
        "t => [...document.querySelectorAll('[name$=-value]')].some(i => i.value.includes('\"text\":\"' + t + '\"'))",
        arg=text,
    )


def save(page) -> None:
    page.get_by_role("button", name="保存草稿").first.click()
    page.get_by_text("已保存").or_(page.locator(".messages .success")).first.wait_for()


def send_in(editor, article: int) -> None:
    page = editor.page
    page.goto(f"/portal/pages/{article}/submit/")
    page.get_by_role("button", name="送审", exact=True).click()
    page.get_by_text("初审").first.wait_for()


def decide(visitor, title: str, button: str, *, opinion: str = "", secrecy: bool = False, pictures: str = "") -> None:
    """From the list of what waits: open the card, choose, confirm."""
    page = visitor.page
    page.goto("/work/")
    if pictures:
        visitor.shot(f"{pictures}-list")
    page.get_by_role("link", name=title).first.click()
    if secrecy:
        page.get_by_label("公开", exact=True).check()
        page.get_by_label("审查依据").fill("不涉及国家秘密、工作秘密和个人隐私，可以公开")
    if opinion:
        page.locator("textarea[name=opinion]").first.fill(opinion)
    if pictures:
        visitor.shot(f"{pictures}-item")
    page.locator(".gv-actionbar, .gv-action-bar, main").get_by_role("button", name=button, exact=True).first.click()
    if pictures:
        visitor.shot(f"{pictures}-confirm")
    page.get_by_role("button", name=re.compile("^确认")).first.click()
    page.wait_for_url(re.compile(r"/work/"))


def new_article(page, *columns: str) -> int:
    """The number of the column, found by walking down the tree of the desk."""
    page.goto("/cms/pages/")
    parent = 0
    for column in columns:
        found = page.locator("main table a", has_text=column).first.get_attribute("href")
        parent = int(re.findall(r"/pages/(\d+)/", found)[0])
        page.goto(f"/cms/pages/{parent}/")
    return parent


def test_one_page_from_the_desk_to_the_public_and_back(house, visit):
    editor = visit("desk", house.inner)
    sign_in(editor, "demo_editor")
    page = editor.page
    parent = new_article(page, "政务动态", "通知公告")
    page.goto(f"/cms/pages/add/inner_portal/article/{parent}/")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=source]").fill("县政府办")
    write_body(page, f"{TEXT}联系人手机 {PHONE}，{FORBIDDEN}。")
    editor.look("desk")
    save(page)
    article = int(re.findall(r"/pages/(\d+)/edit/", page.url)[0])
    address = f"{house.outer}content/{article}.html"

    # Screening stops the word and the number; the text stays at the desk.
    page.goto(f"/portal/pages/{article}/submit/")
    editor.shot("stopped")
    told = page.locator("main").inner_text()
    assert FORBIDDEN in told and "手机" in told and "没有通过" in told
    assert page.get_by_role("button", name="送审", exact=True).count() == 0
    page.get_by_role("link", name="回编辑台修改").click()
    write_body(page, TEXT)
    save(page)
    page.goto(f"/portal/pages/{article}/submit/")
    editor.shot("send-in")
    send_in(editor, article)
    editor.shot("sent")
    assert fetch(address)[0] == 404, "nothing is public before the last approval"

    # Three reviewers: the first on the phone, the second returns it, and all three act again.
    first, second, third = (visit(width, house.inner) for width in ("phone", "desk", "phone"))
    sign_in(first, "demo_reviewer")
    sign_in(second, "demo_office_head")
    sign_in(third, "demo_leader")
    decide(first, TITLE, "同意", secrecy=True, pictures="first")
    decide(second, TITLE, "退回", opinion="请写明值守时间。", pictures="second")
    page.goto("/portal/")
    editor.shot("returned")
    assert "退回" in page.locator("main").inner_text()
    page.goto(f"/cms/pages/{article}/edit/")
    write_body(page, TEXT + "值守时间为上午九时至十一时。")
    save(page)
    send_in(editor, article)
    decide(first, TITLE, "同意", secrecy=True)
    decide(second, TITLE, "同意", opinion="同意。")
    decide(third, TITLE, "同意发布", pictures="leader")
    seconds = until(address, lambda status, text: status == 200 and "上午九时" in text, "the page is public")
    reader = visit("phone", house.outer)
    reader.page.goto(address)
    reader.shot("public")
    wide = visit("desk", house.outer)
    wide.page.goto(address)
    wide.shot("public")
    assert TITLE in fetch(house.outer)[1], "and it stands on the front page"
    print(f"public {seconds:.1f} s after the last approval")

    # Edited again: back to the start, and the public page stays as it was.
    page.goto(f"/cms/pages/{article}/edit/")
    write_body(page, TEXT + "值守时间另行通知。")
    save(page)
    send_in(editor, article)
    page.goto("/portal/")
    assert "初审" in page.locator("main").inner_text()
    assert "上午九时" in fetch(address)[1]
    decide(first, TITLE, "退回", opinion="先不改。")

    operator = visit("desk", house.inner)
    operator.allow_console()  # asked again while a bake is under way, the page says so with 409
    sign_in(operator, "demo_operator")
    attacks(house, editor, operator, article, address)
    withdrawal(house, visit, operator, second, article, address)


def attacks(house, editor, operator, article: int, address: str) -> None:
    """A stolen editor's account, a change of the database, an exchanged picture: none reaches the public."""
    before = fetch(address)[1]
    page = editor.page
    page.goto(f"/cms/pages/{article}/edit/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for where in (
        f"/cms/pages/{article}/edit/",
        f"/cms/pages/{article}/unpublish/",
        "/cms/bulk/wagtailcore/page/publish/",
    ):
        answer = page.request.post(
            where, form={"csrfmiddlewaretoken": token, "action-publish": "1", "title": "被盗账号", "slug": "x"}
        )
        assert answer.status >= 400, where
    with altered_database(house, article), exchanged_picture(house):
        publisher = operator.page
        number = newest(publisher)
        publisher.goto("/portal/releases/rebake/")
        if publisher.locator("[name=reason]").count():
            publisher.locator("[name=reason]").fill("演示：核对全站")
        publisher.locator("main form").get_by_role("button").first.click()
        wait_past(publisher, number)
        assert fetch(address)[1] == before
        assert "被改" not in fetch(house.outer)[1]


@contextmanager
def altered_database(house, article: int) -> Iterator[None]:
    """What somebody with the database's password can do: triggers off, titles and approved text changed."""
    file = house.var / "inner" / "db.sqlite3"
    with sqlite3.connect(file, timeout=30) as database:
        found = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name='inner_portal_approval'"
        ).fetchall()
        for name, _ in found:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE wagtailcore_page SET title='被改库', live=1 WHERE id=?", (article,))
        for old, new in (("便民", "被改"),):
            database.execute(
                "UPDATE inner_portal_approval SET content=replace(content, ?, ?) WHERE page_id=?", (old, new, article)
            )
    yield
    with sqlite3.connect(file, timeout=30) as database:
        database.execute(
            "UPDATE inner_portal_approval SET content=replace(content, '被改', '便民') WHERE page_id=?", (article,)
        )
        for _, sql in found:
            database.execute(sql)


@contextmanager
def exchanged_picture(house) -> Iterator[None]:
    """Another file in the place of a picture that approved pages show."""
    media = house.var / "inner" / "portal" / "media"
    picture = max((one for one in media.rglob("*") if one.is_file()), key=lambda one: one.stat().st_size)
    kept = picture.read_bytes()
    picture.chmod(0o644)
    picture.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'><text>changed</text></svg>")
    yield
    picture.write_bytes(kept)


def newest(page) -> int:
    page.goto("/portal/releases/")
    return max(int(one) for one in re.findall(r"/portal/releases/(\d+)/", page.content()))


def wait_past(page, number: int) -> None:
    """Until a later release stands than this one, and has had time to cross."""
    began = time.monotonic()
    while newest(page) <= number:
        assert time.monotonic() - began < WAIT_SECONDS, "no further release"
        time.sleep(0.5)
    time.sleep(5)


def withdrawal(house, visit, operator, head, article: int, address: str) -> None:
    """Taken down at once; a release rolled back does not bring it back."""
    page = head.page
    page.goto(f"/portal/pages/{article}/withdraw/")
    page.locator("[name=reason]").fill("演示：内容有误，紧急撤下")
    head.shot("withdraw")
    page.locator("main form").get_by_role("button", name="撤下该页面").click()
    seconds = until(address, lambda status, _: status == 410, "the page is gone")
    print(f"gone after {seconds:.1f} s")
    assert TITLE not in fetch(f"{house.outer}search/?q={quote('延时服务')}")[1].split("</form>")[-1]
    gone = visit("phone", house.outer)
    gone.allow_console()
    gone.page.goto(address)
    gone.shot("withdrawn")
    until(house.outer, lambda _, text: TITLE not in text, "the front page without it")

    page = operator.page
    older = newest(page) - 2
    operator.shot("releases")
    page.goto(f"/portal/releases/{older}/rollback/")
    page.locator("[name=reason]").fill("演示：退回到撤稿之前的版本")
    operator.shot("rollback")
    page.locator("main form").get_by_role("button").first.click()
    head.page.goto("/portal/releases/")
    head.page.locator("a[href*='/portal/releases/requests/']").first.click()
    head.shot("rollback-decision")
    head.page.get_by_label("同意回退").check()
    head.page.locator("main form textarea").fill("演示：同意")
    before = newest(page)
    head.page.get_by_role("button", name="提交意见").click()
    wait_past(page, before)
    until(f"{house.outer}sitemap/", lambda status, text: status == 200 and TITLE not in text, "rolled back")
    assert fetch(address)[0] == 410, "a rolled-back release does not revive what was withdrawn"
    assert TITLE not in fetch(house.outer)[1]
    page.goto("/portal/releases/resume/")
    for box in page.locator("main form textarea").all():
        box.fill("演示：恢复发布")
    page.locator("main form").get_by_role("button").first.click()
