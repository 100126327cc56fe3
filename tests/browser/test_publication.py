"""Stories of the editors' desk in a real browser: an editor asks, a clinician answers, a publisher plans, two agree."""

import datetime
import re

import pytest

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in


@pytest.fixture
def axe():
    report = AxeReport()
    yield report
    assert not report.problems, "\n".join(report.problems)


def signed_in(watched, name, **options):
    page = watched(viewport={"width": 1280, "height": 900}, **options).page()
    sign_in(page, name)
    return page


def open_article(page, name="Your first visit"):
    page.goto("/admin/content/article/")
    page.get_by_role("link", name=name).first.click()


def check_widths(page, axe, label):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.reload()
        # As high as the page: of words across the lower edge axe cannot tell what is behind them.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{label} at {width}"
        axe.visit(page, f"{label} {width}")


@pytest.mark.proof
def test_an_editor_asks_and_a_clinician_answers(watched, axe):
    editor = signed_in(watched, "editor")
    open_article(editor)
    assert editor.get_by_role("button", name="Publish now").count() == 0
    assert "These people publish: publisher." in editor.inner_text("main")
    editor.get_by_label("One line for lists").fill("What happens when you come, step by step")
    editor.get_by_text("Ask for a check", exact=True).click()
    editor.get_by_label("What to look at (optional)").fill("The new line")
    editor.get_by_role("button", name="Save draft and ask for a check").click()
    assert re.search("Waits since .* for a check by a clinical reviewer", editor.inner_text(".draft-status"))
    check_widths(editor, axe, "editor's form")

    clinician = signed_in(watched, "reviewer", color_scheme="dark")
    open_article(clinician)
    clinician.get_by_role("link", name="Read and answer").click()
    assert "happens when you come, step by step" in clinician.inner_text(".what-changed")
    check_widths(clinician, axe, "check")
    clinician.get_by_label("What must change").fill("Say how long it takes")
    clinician.get_by_role("button", name="Ask for these changes").click()
    assert "Thank you." in clinician.inner_text("main")
    editor.reload()
    assert "“Say how long it takes”" in editor.inner_text(".draft-status")

    clinician.get_by_role("button", name="I checked it and it is right").click()
    editor.reload()
    assert "checked exactly this text on" in editor.inner_text(".draft-status")


@pytest.mark.parametrize("script", [pytest.param(True, marks=pytest.mark.proof), False])
def test_a_publisher_plans_and_cancels(watched, axe, script):
    page = signed_in(watched, "publisher", java_script_enabled=script)
    open_article(page, "Before your operation")
    page.get_by_label("One line for lists").fill(f"What to arrange first, {script}")
    page.get_by_label(re.compile("what changed", re.I)).fill("A clearer line")
    page.get_by_text("Publish later", exact=True).click()
    day = datetime.date.today() + datetime.timedelta(days=30)
    page.locator("#id_plan-day").fill(day.isoformat())
    page.locator("#id_plan-time").fill("09:00")
    words = f"{day:%b} {day.day}, {day.year}, 9:00 AM"
    page.get_by_role("button", name=f"Publish on {words}" if script else "Publish on this date").click()
    assert f"On {words} the draft below is published. Planned by publisher." in page.inner_text(".draft-status")
    if script:
        check_widths(page, axe, "publisher's form")
    page.get_by_role("button", name="Cancel this plan").click()
    assert "is published" not in page.inner_text(".draft-status")
    assert "The plan is canceled." in page.inner_text(".messagelist")


def test_enter_saves_the_draft_and_nothing_more(watched):
    page = signed_in(watched, "publisher")
    open_article(page, "Before your operation")
    line = page.get_by_label("One line for lists")
    line.fill("Typed and sent with Enter")
    line.press("Enter")
    assert "Draft saved." in page.inner_text(".messagelist")


def test_two_people_publish_a_warning_sign(watched, axe):
    publisher = signed_in(watched, "publisher")
    publisher.goto("/admin/content/redflag/")
    publisher.locator("#result_list tbody a").first.click()
    text = publisher.get_by_label("Sign, in plain words")
    text.fill(text.input_value() + " at all")
    publisher.get_by_label(re.compile("what changed", re.I)).fill("Clearer")
    publisher.get_by_role("button", name="Propose all warning signs to a second person").click()
    assert "Proposed." in publisher.inner_text(".messagelist")

    clinician = signed_in(watched, "reviewer")
    clinician.goto("/admin/content/redflag/proposal/")
    assert "at all" in clinician.inner_text(".what-changed ins")
    check_widths(clinician, axe, "proposal")
    clinician.get_by_role("button", name="Agree and publish").click()
    assert "Agreed and published." in clinician.inner_text(".messagelist")
