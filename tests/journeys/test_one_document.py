"""One document: written, checked, reviewed, signed, numbered, sealed, sent to the county, and who received it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import ROOT
from .notice import ATTACHMENT_TITLE, BODY, PLAN, PLAN_TITLE, TITLE
from .people import sign_in

pytestmark = pytest.mark.journey
BASE = ROOT / "tests" / "journeys"
LATE = ["341222100", "341222129", "341222106", "ZF16", "ZF12"]
WRONG = ["ZF25", "ZF27"]
MERGED, INTO = "ZF04", "ZF05"
CC = (
    "县委办公室", "县委各部门", "县人大常委会办公室", "县政协办公室", "县法院", "县检察院", "各人民团体",
    "市驻太和各单位", "县经济开发区管委会", "县直各事业单位",
)  # fmt: skip
FORGOTTEN = "太和县融媒体中心"


def clerks(house, *words: str) -> dict:
    """Have the clerks of other organs act in the house, see clerks.py."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.clerks", *words], cwd=ROOT, env=house.env,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def diagram(folder: Path) -> Path:
    """A drawn diagram as a picture file."""
    from PIL import Image, ImageDraw

    drawn = Image.new("RGB", (1200, 500), "white")
    pen = ImageDraw.Draw(drawn)
    for n in range(4):
        left = 60 + n * 290
        pen.rectangle((left, 180, left + 200, 320), outline="black", width=4)
        if n:
            pen.line((left - 90, 250, left, 250), fill="black", width=4)
    file = folder / "diagram.png"
    drawn.save(file)
    return file


def photo(folder: Path) -> Path:
    """A photograph of a paper opinion."""
    from PIL import Image

    file = folder / "opinion.jpg"
    Image.effect_noise((600, 400), 40).convert("RGB").save(file)
    return file


def add_line(page, title: str, button: str) -> None:
    """Choose a group or an organ and put it on the list."""
    page.locator("#ed-pick").select_option(label=title)
    page.get_by_role("button", name=button, exact=True).click()


def say_yes(page) -> None:
    page.get_by_role("button", name=re.compile("^(确认|送审$)")).first.click()


def decide(visitor, button: str, *, opinion: str = "", before=None, picture: str = "") -> None:
    """From the list of what waits: open the card, choose, confirm.  At most three taps beside an opinion."""
    page = visitor.page
    page.goto("/work/")
    if picture:
        visitor.shot(f"{picture}-list")
    page.get_by_role("link", name=TITLE).first.click()
    claim = page.get_by_role("link", name="签领", exact=True)
    if claim.count() and not page.get_by_role("button", name=button, exact=True).count():
        claim.click()
        page.get_by_role("button", name=re.compile("签领")).first.click()
    if opinion:
        page.locator("textarea[name=opinion]").first.fill(opinion)
    if before:
        before(page)
    if picture:
        visitor.shot(f"{picture}-item")
    page.get_by_role("button", name=button, exact=True).first.click()
    page.get_by_role("button", name=re.compile("^确认")).first.click()
    page.wait_for_url(re.compile(r"/work/|/documents/"))


def write(visitor, folder: Path) -> int:
    """起草: fields, recipients, text with levels, the plan, the diagram; the checks and their mending; preview."""
    page = visitor.page
    page.goto("/documents/new/")
    visitor.shot("new")
    page.get_by_text("太政办", exact=False).first.click()
    page.get_by_role("button", name="开始拟稿").click()
    page.wait_for_url(re.compile(r"/documents/\d+/edit/"))
    number = int(re.findall(r"/documents/(\d+)/", page.url)[0])
    page.get_by_label("标题", exact=True).fill(TITLE)
    for group in ("各乡镇人民政府", "县政府各部门、各直属机构"):
        add_line(page, group, "加入主送")
    for group in CC:
        add_line(page, group, "加入抄送")
    for organ in ("太和县财政局", "太和县水利局"):
        add_line(page, organ, "加入会签")
    page.locator("#part-body textarea").first.fill(BODY + "\n四、参照《太政办[2026]07号》文件执行。")
    page.get_by_role("button", name="增加印发的文件").click()
    page.locator("#issued-title").fill(PLAN_TITLE)
    page.locator("#part-issued textarea").first.fill(PLAN)
    page.get_by_role("button", name="增加附件").click()
    attachment = page.locator("[data-ed-part]").last
    attachment.locator(".ed-part-title input").fill(ATTACHMENT_TITLE)
    with page.expect_file_chooser() as chooser:
        attachment.get_by_role("button", name="图片").click()
    chooser.value.set_files(str(diagram(folder)))
    page.locator("[data-ed-pages] img").nth(5).wait_for(timeout=30_000)
    visitor.shot("editor")
    page.get_by_role("tab", name="检查").click()
    finding = page.locator("[data-ed-findings] li", has_text="太政办")
    finding.first.wait_for()
    finding.first.get_by_role("button", name=re.compile("^改为")).click()
    expect(page.locator("#part-body textarea").first).to_have_value(re.compile("太政办〔2026〕7号"))
    visitor.shot("mended")
    page.locator("[name=version_note]").fill("初稿")
    page.get_by_role("button", name="保存稿次").click()
    page.get_by_text("已存为一稿").or_(page.get_by_text("已保存")).first.wait_for()
    page.get_by_role("button", name="完成并离开").click()
    page.wait_for_url(re.compile(r"/documents/\d+/$"))
    return number


def switch_to_stand_in(page, principal: str) -> None:
    """Act for the one stood in for."""
    page.locator(".gv-menu summary").first.click()
    page.locator(".gv-menu").get_by_role("button", name=re.compile(principal)).first.click()
    page.wait_for_load_state()


def test_one_document_from_draft_to_the_last_receipt(house, visit, tmp_path):
    writer = visit("desk", house.inner)
    sign_in(writer, "yan.qichen")
    number = write(writer, tmp_path)
    page = writer.page
    writer.shot("document-draft")
    page.get_by_role("link", name="送审", exact=True).first.click()
    writer.shot("submit")
    say_yes(page)
    page.wait_for_url(re.compile(r"/documents/\d+/$"))
    writer.shot("submitted")

    # 部门核稿, 会签 (one head on the phone, one opinion entered by a secretary), 办公室审核.
    checker = visit("desk", house.inner)
    sign_in(checker, "shi.simiao")
    decide(checker, "同意", opinion="内容属实，同意送审。", picture="verify")
    head = visit("phone", house.inner)
    sign_in(head, "shi.qingqi")
    decide(head, "同意", picture="cosign")
    secretary = visit("desk", house.inner)
    sign_in(secretary, "demo_clerk")
    record_spoken(secretary, number, photo(tmp_path))
    water = visit("phone", house.inner)
    sign_in(water, "li.heyan")
    confirm_recorded(water)

    def choose_signer(page):
        page.get_by_label(re.compile("演云晖")).check()

    decide(checker, "同意送签", before=choose_signer, picture="office")

    # 签发 by who stands in for the leader, on the phone.
    signer = visit("phone", house.inner)
    sign_in(signer, "yang.qihui")
    switch_to_stand_in(signer.page, "演云晖")
    decide(signer, "同意签发", opinion="同意印发。", picture="sign")

    # 复核 finds a figure, changes it: back to the signer; then number, seal, distribution.
    change_after_signing(secretary, number)
    decide(signer, "同意签发", opinion="同意修改。", picture="sign-again")
    decide(secretary, "复核无误")
    decide(secretary, "登记编号", picture="register")
    seal(secretary, number)
    text = secretary.page.locator(".df-number").first.inner_text()
    assert re.fullmatch(r"太政办〔20\d\d〕[1-9]\d*号", text)
    original = download(secretary, number, tmp_path / "original.pdf")
    distribute(secretary, number)

    # What the county does with it.
    done = clerks(house, "sign", text, "--leave", ",".join([*LATE, *WRONG, MERGED, "ZF19"]))
    assert len(done["done"]) + len(done["nobody"]) + 9 >= 100, done
    follow_up(house, secretary, number, text)
    arrive(house, visit, text)
    receipts = secretary.page
    receipts.goto(f"/documents/{number}/receipts/")
    secretary.shot("receipts")
    verify(house, visit, secretary, original, tmp_path)
    offered(house, visit)


def record_spoken(secretary, number: int, file: Path) -> None:
    """秘书代录: the head of the water bureau has agreed by telephone."""
    page = secretary.page
    page.goto(f"/documents/{number}/")
    page.get_by_role("link", name=re.compile("流程")).first.click()
    page.get_by_role("link", name=re.compile("代录")).first.click()
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("意见原文").fill("同意，按方案组织实施。")
    page.get_by_label("凭证照片").set_input_files(str(file))
    secretary.shot("record")
    page.get_by_role("button", name=re.compile("代录")).first.click()
    page.wait_for_load_state()
    assert "代录" in page.locator("main").inner_text()
    secretary.shot("recorded")


def confirm_recorded(leader) -> None:
    page = leader.page
    page.goto("/work/")
    page.get_by_role("link", name="去确认").click()
    page.get_by_role("link", name=TITLE).first.click()
    link = page.get_by_role("link", name=re.compile("核对并确认"))
    if link.count():
        link.first.click()
    leader.shot("confirm-recorded")
    page.get_by_label(re.compile("是本人|确认")).first.check()
    page.get_by_role("button", name=re.compile("确认|提交")).first.click()
    page.wait_for_load_state()


def change_after_signing(clerk, number: int) -> None:
    """At 复核 a figure is changed: the signature is void, the original signer is asked again (条例第二十五条)."""
    page = clerk.page
    page.goto("/work/")
    page.get_by_role("link", name=TITLE).first.click()
    claim = page.get_by_role("link", name="签领", exact=True)
    if claim.count():
        claim.click()
        page.get_by_role("button", name=re.compile("签领")).first.click()
    page.goto(f"/documents/{number}/edit/")
    box = page.locator("#part-issued textarea").first
    box.fill(PLAN.replace("一千二百万元", "一千五百万元"))
    page.wait_for_timeout(800)
    page.get_by_role("button", name="完成并离开").click()
    page.wait_for_url(re.compile(r"/documents/\d+/"))
    page.goto(f"/documents/{number}/")
    clerk.shot("changed-after-signing")
    again = page.get_by_role("link", name="送原签发人复审")
    if again.count():
        again.first.click()
        clerk.shot("to-signer")
        page.get_by_role("button", name=re.compile("送|确认")).first.click()
    page.goto(f"/documents/{number}/")
    assert "签发" in page.locator(".gv-stepper, .gv-steps, main").first.inner_text()


def seal(keeper, number: int) -> None:
    """用印: claim, the worker draws and signs, complete."""
    page = keeper.page
    page.goto("/work/")
    page.get_by_role("link", name=TITLE).first.click()
    claim = page.get_by_role("link", name="签领", exact=True)
    if claim.count():
        claim.click()
        page.get_by_role("button", name=re.compile("签领")).first.click()
    page.goto(f"/documents/{number}/seal/")
    keeper.shot("seal")
    page.get_by_role("button", name="用印", exact=True).click()
    page.get_by_text("已用印", exact=False).first.wait_for(timeout=60_000)
    keeper.shot("sealed")
    page.goto(f"/documents/{number}/")
    keeper.shot("document-sealed")


def download(visitor, number: int, file: Path) -> Path:
    """The original as a file."""
    page = visitor.page
    page.goto(f"/documents/{number}/seal/")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载正本").first.click()
    got.value.save_as(str(file))
    assert file.read_bytes().startswith(b"%PDF")
    return file


def distribute(clerk, number: int) -> None:
    """分发: the frozen list of about 110 organs."""
    page = clerk.page
    page.goto("/work/")
    page.get_by_role("link", name=TITLE).first.click()
    claim = page.get_by_role("link", name="签领", exact=True)
    if claim.count():
        claim.click()
        page.get_by_role("button", name=re.compile("签领")).first.click()
    page.goto(f"/documents/{number}/distribute/")
    clerk.shot("distribute")
    button = page.get_by_role("button", name=re.compile("确认分发"))
    count = int(re.findall(r"\d+", button.inner_text())[0])
    assert 90 <= count <= 140, count
    button.click()
    page.wait_for_url(re.compile(r"/documents/\d+/"))
    page.goto(f"/documents/{number}/")
    clerk.shot("issued")
    assert "已印发" in page.locator("main").inner_text()


def pick_rows(page, organs: list[str]) -> None:
    for name in organs:
        page.locator("tr, .gv-card, li", has_text=name).locator("input[type=checkbox]").first.check()


def follow_up(house, clerk, number: int, text: str) -> None:
    """收回 from two wrong organs, a merger meanwhile, 催收 of the late, 补发 to a forgotten one."""
    page = clerk.page
    for organ in ("太和县医疗保障局", "太和县信访局"):
        page.goto(f"/documents/{number}/receipts/?q={organ}")
        pick_rows(page, [organ])
        page.get_by_role("button", name="收回", exact=True).click()
        page.locator("textarea[name=reason]").fill("误发：该单位不在执行范围")
        clerk.shot("recall")
        page.get_by_role("button", name=re.compile("收回")).last.click()
        page.wait_for_url(re.compile("/receipts/"))
    moved = clerks(house, "merge", MERGED, INTO)
    assert moved["into"]
    page.goto(f"/documents/{number}/receipts/")
    page.get_by_role("button", name="催收", exact=True).click()
    page.get_by_role("button", name=re.compile("催收")).last.click()
    page.wait_for_url(re.compile("/receipts/"))
    page.get_by_role("link", name="补发", exact=True).click()
    clerk.shot("further-form")
    page.get_by_label(FORGOTTEN, exact=True).check()
    page.locator("textarea[name=reason], input[name=reason]").first.fill("原名单遗漏")
    page.get_by_role("button", name=re.compile("补发")).last.click()
    page.wait_for_url(re.compile("/receipts/"))
    page.goto(f"/documents/{number}/receipts/?q={FORGOTTEN}")
    expect(page.locator("main table")).to_contain_text(FORGOTTEN)
    clerk.shot("followed-up")


def arrive(house, visit, text: str) -> None:
    """签收 on the phone in three taps, and 收文 at a desk up to 批示 and 办结."""
    town = visit("phone", house.inner)
    sign_in(town, "demo_township_clerk")
    page = town.page
    page.goto("/documents/received/")
    town.shot("received")
    page.get_by_role("link", name=TITLE).first.click()
    town.shot("received-one")
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_text("已签收").first.wait_for()
    town.shot("signed-for")

    desk = visit("desk", house.inner)
    sign_in(desk, "demo_bureau_clerk")
    page = desk.page
    page.goto("/documents/received/")
    page.get_by_role("link", name=TITLE).first.click()
    desk.shot("received-desk")
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("link", name="收文办理").first.click()
    desk.shot("incoming")


def verify(house, visit, clerk, original: Path, folder: Path) -> None:
    """文件核验 inside and outside: the original is sound, one changed byte is not."""
    page = clerk.page
    page.goto("/seals/verify/")
    page.locator("input[type=file]").set_input_files(str(original))
    page.get_by_role("button", name="核验", exact=True).click()
    clerk.shot("verified")
    assert "有效" in page.locator("main").inner_text()

    data = bytearray(original.read_bytes())
    middle = data.find(b"stream", len(data) // 4) + 40
    data[middle] ^= 1
    bad = folder / "bad.pdf"
    bad.write_bytes(bytes(data))
    public = visit("phone", house.outer)
    page = public.page
    until = time.monotonic() + 60
    while True:  # the trust data come by letter
        page.goto("/verify/")
        page.locator("input[type=file]").set_input_files(str(original))
        page.get_by_role("button", name="核验", exact=True).click()
        page.locator(".ov-verdict").wait_for(timeout=30_000)
        if "核验通过" in page.locator("main").inner_text() or time.monotonic() > until:
            break
        time.sleep(2)
    public.shot("verified")
    assert "核验通过" in page.locator("main").inner_text()
    page.goto("/verify/")
    page.locator("input[type=file]").set_input_files(str(bad))
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("main")).to_contain_text(re.compile("未通过|无法核验"), timeout=30_000)
    public.shot("altered")


def offered(house, visit) -> None:
    """主动公开: the website's editor finds the document as a draft."""
    editor = visit("desk", house.inner)
    sign_in(editor, "demo_editor")
    editor.page.goto("/portal/?of=all")
    editor.page.get_by_text(TITLE[:20]).first.wait_for()
    editor.shot("portal-draft")
