"""Staff in a real browser: answer a request, keep editors away from it, edit a page under the strict CSP."""

import datetime
import re

from tests.browser.conftest import sign_in
from tests.browser.test_request import send_request


def next_weekday(day):
    """The first Tuesday to Thursday after `day`, when the sample clinic is open."""
    day += datetime.timedelta(days=1)
    while day.weekday() not in (1, 2, 3):
        day += datetime.timedelta(days=1)
    return day


def test_front_desk_answers_a_request(watched):
    reference = send_request(watched().page())
    page = watched().page()
    sign_in(page, "desk")
    page.goto("/admin/desk/")
    page.get_by_label("Find by name, phone, e-mail or reference").fill(reference)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=f"Open {reference}").click()
    page.get_by_role("button", name="I am on it").click()
    assert "You, since" in page.get_by_role("main").inner_text()
    # Every run takes another week, so that runs on one server never meet.
    day = next_weekday(datetime.date.today() + datetime.timedelta(days=7))
    form = page.locator("form").filter(has=page.get_by_role("button", name="Book this time"))
    form.get_by_label("Day", exact=True).fill(day.isoformat())
    form.get_by_label("Time", exact=True).fill("10:00")
    for label in ("Kind of visit", "Clinician", "Location"):
        form.get_by_label(label).select_option(index=1)
    form.get_by_role("button", name="Book this time").click()
    assert re.search(r"Answered|booked", page.get_by_role("main").inner_text())


def test_an_editor_never_sees_a_request(watched):
    page = watched().page()
    sign_in(page, "editor")
    assert page.goto("/admin/desk/").status == 403
    assert "waiting" not in page.inner_text("body")


def test_a_publisher_writes_and_publishes_under_the_strict_csp(watched):
    """The `watched` fixture fails on any complaint of the browser about the content security policy."""
    page = watched(viewport={"width": 1280, "height": 900}).page()
    sign_in(page, "publisher")
    page.goto("/admin/content/article/")
    page.get_by_role("link", name="Exercises to avoid").first.click()
    page.locator("#sections-0 > details > summary").click()
    page.locator('[contenteditable="true"][aria-label*="Text"]').locator("visible=true").first.wait_for()
    page.get_by_label("One line for lists").fill("What to leave out for now, and what to do instead today")
    page.get_by_label(re.compile("what changed", re.I)).fill("A clearer line for the list")
    page.get_by_role("button", name="Publish now").first.click()
    page.goto("/articles/")
    assert "What to leave out for now, and what to do instead today" in page.inner_text("main")
