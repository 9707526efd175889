"""A designer walks through the gallery of parts: orderly at both widths, by keyboard, with and without scripts."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.journey

PAGES = {
    "parts": "", "worklist": "worklist/?sort=-due_at&page=2", "document": "document/", "form": "form/?bad=1",
    "confirm": "confirm/", "plain": "plain/", "outer": "outer/", "outer-form": "outer/form/?bad=1",
}  # fmt: skip


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_gallery(house, visit, width):
    designer = visit(width, house.inner)
    page = designer.page
    for name, address in PAGES.items():
        page.goto(f"/ui/{address}")
        assert "演示" in page.inner_text("body")
        designer.shot(name)


def test_gallery_on_the_phone_hides_nothing(house, visit):
    designer = visit("phone", house.inner)
    page = designer.page
    page.goto("/ui/document/")
    for step in page.locator(".gv-step").all():
        box = step.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390, "a step is cut off"
    labels = {round(box.bounding_box()["width"]) for box in page.locator(".gv-pair dt").all()}
    assert len(labels) == 1, "label columns are out of line"
    toggle = page.get_by_role("checkbox", name="打开或收起菜单")
    assert not page.get_by_role("link", name="通讯录").is_visible()
    toggle.focus()
    page.keyboard.press("Space")
    page.get_by_role("link", name="通讯录").wait_for()
    designer.shot("drawer")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="通讯录").wait_for(state="hidden")


def test_gallery_pickers_find_by_pinyin(house, visit):
    designer = visit("desk", house.inner)
    page = designer.page
    page.goto("/ui/form/")
    one = page.locator(".gv-pick-find").first
    one.fill("cgz")
    one.press("Enter")
    assert page.locator("#id_handler option:checked").inner_text() == "城关镇人民政府"
    page.locator(".gv-pick-many .gv-pick-find").fill("jxz")
    shown = page.locator(".gv-pick-options label:visible")
    assert shown.all_inner_texts() == ["旧县镇人民政府"]
    shown.first.click()
    assert page.locator(".gv-pick-count").inner_text() == "已选 1 个"
    designer.shot("found")


def test_gallery_without_scripts(house, chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{house.inner}ui/worklist/")
    assert page.locator("#id_kind, #filter_kind").first.is_visible() is False
    page.get_by_role("checkbox", name="显示全部筛选条件").press("Space")
    assert page.locator("#filter_kind").is_visible()
    page.get_by_role("checkbox", name="打开或收起菜单").check()
    assert page.get_by_role("link", name="通讯录").is_visible()
    page.goto(f"{house.inner}ui/form/")
    assert page.locator(".gv-pick-find").first.is_visible() is False
    page.select_option("#id_handler", label="县财政局")
    context.close()
