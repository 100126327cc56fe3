"""An editor looks before saving, sends a link, compares and brings back; the frames hold under the strict policy."""

import re

import pytest

from tests.browser.axe import AxeReport
from tests.browser.test_staff import sign_in

# Minutes of a real browser: run among the large figures.
pytestmark = pytest.mark.proof

WIDTHS = [320, 1280, 1500]


def open_page(watched, **options):
    page = watched(**options).page()
    sign_in(page, "editor")
    page.goto("/admin/content/article/")
    page.get_by_role("link", name="Exercises to avoid").first.click()
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_is_shown_in_frames_and_not_saved(watched, scripts):
    page = open_page(watched, viewport={"width": 1500, "height": 900}, java_script_enabled=scripts)
    address = page.url
    page.locator("#id_title").fill("Typed and not saved")
    page.get_by_text("Preview as patients see it").click()
    page.get_by_role("button", name="Show what I typed on a phone").click()
    names = ["Preview on a phone", "Preview on a desktop"] if scripts else ["Preview on a phone"]
    for name in names:
        frame = page.frame_locator(f'iframe[title="{name}"]')
        frame.get_by_text("Preview of what you typed.").wait_for()
        assert frame.get_by_role("heading", level=1).inner_text() == "Typed and not saved"
    # The form is where it was, with what was typed.
    assert page.url == address
    assert page.locator("#id_title").input_value() == "Typed and not saved"
    page.reload()
    assert page.locator("#id_title").input_value() != "Typed and not saved"


def test_on_a_wide_screen_the_frames_stand_beside_the_form(watched):
    page = open_page(watched, viewport={"width": 1500, "height": 900})
    page.get_by_text("Preview as patients see it").click()
    phone = page.locator('iframe[name="preview-phone"]').bounding_box()
    title = page.locator("#id_title").bounding_box()
    assert phone["x"] > title["x"] + title["width"]
    assert page.evaluate("document.querySelector('iframe[name=preview-phone]').contentWindow.innerWidth") == 375
    assert page.evaluate("document.querySelector('iframe[name=preview-desktop]').contentWindow.innerWidth") == 1280


def test_a_clinician_without_an_account_reads_the_link(watched):
    page = open_page(watched, viewport={"width": 1280, "height": 900})
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=re.compile("Make a link")).click()
    link = opened.value.get_by_label("The link, to copy").input_value()
    clinician = watched(viewport={"width": 375, "height": 800}).page()
    assert clinician.goto(link).status == 200
    assert "Patients do not see this" in clinician.inner_text(
        "body"
    ) or "what patients see now" in clinician.inner_text("body")
    clinician.get_by_role("link", name="Sign in to say that you checked it").click()
    assert clinician.get_by_label("Username").is_visible()


def test_compare_and_bring_back_by_keyboard(watched):
    page = open_page(watched, viewport={"width": 1280, "height": 900})
    page.get_by_label("One line for lists").fill("A line that will go away again")
    page.get_by_role("button", name="Save draft").first.click()
    page.get_by_role("link", name="History").first.click()
    page.get_by_role("button", name="Compare the two chosen versions").focus()
    page.keyboard.press("Enter")
    page.locator("ins").first.wait_for()
    assert "A line that will go away again" in page.locator("ins").all_inner_texts()[0]
    page.get_by_role("button", name=re.compile("Make it the draft again")).first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("is the draft again").wait_for()
    assert page.get_by_label("One line for lists").input_value() != "A line that will go away again"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(watched, scheme):
    report = AxeReport()
    for width in WIDTHS:
        page = open_page(watched, viewport={"width": width, "height": 900}, color_scheme=scheme)
        base = page.url.removesuffix("change/")
        for name in ("history/", "compare/?old=1&new=2", "compare/", "as-of/", "as-of/?on=2020-01-01", "preview/"):
            page.goto(base + name)
            report.visit(page, f"{name} {width} {scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.goto("/admin/content/redflag/history/")
        report.visit(page, f"signs {width} {scheme}")
    assert report.problems == []
