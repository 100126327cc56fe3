"""The desk's visits in a real browser: a refused time, overbooking, moving, blocked time. At phone width too."""

import datetime

import pytest

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in
from tests.browser.test_request import send_request
from tests.browser.test_staff import next_weekday


def book(page, day, time="09:00"):
    """On the page of a request: the first kind of visit, clinician and place, in the form that books one time."""
    form = page.locator("form").filter(has=page.get_by_role("button", name="Book this time"))
    form.get_by_label("Day", exact=True).fill(day.isoformat())
    form.get_by_label("Time", exact=True).fill(time)
    for label in ("Kind of visit", "Clinician", "Location"):
        form.get_by_label(label).select_option(index=1)
    form.get_by_role("button", name="Book this time").click()


def open_request(page, reference):
    page.goto("/admin/desk/")
    page.get_by_label("Find by name, phone, e-mail or reference").fill(reference)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=f"Open {reference}").click()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("width", "scheme", "weeks"), [(320, "dark", 3), (1280, "light", 5)])
def test_front_desk_overbooks_moves_and_blocks(watched, width, scheme, weeks):
    first, second = send_request(watched().page()), send_request(watched().page())
    report = AxeReport()
    page = watched(viewport={"width": width, "height": 800}, color_scheme=scheme).page()
    sign_in(page, "desk")
    # Other tests book next week; each run of this one has a week of its own.
    day = next_weekday(datetime.date.today() + datetime.timedelta(weeks=weeks))

    open_request(page, first)
    book(page, day)
    open_request(page, second)
    book(page, day)
    main = page.get_by_role("main")
    assert "This time is taken" in main.inner_text()
    assert first in main.inner_text()
    report.visit(page, f"desk:refused {width} {scheme}")
    assert fits(page)
    page.get_by_label("Book it all the same").check()
    page.get_by_label("Why? Colleagues read it, so no diagnosis").fill("Can come only then")
    page.get_by_role("button", name="Book this time").click()
    assert "The visit is booked." in page.inner_text("body")

    page.get_by_role("link", name="Move it").click()
    report.visit(page, f"desk:move {width} {scheme}")
    assert fits(page)
    page.get_by_label("Time", exact=True).fill("15:00")
    page.get_by_label("They asked for it and know the new time").check()
    page.get_by_role("button", name="Move the visit").click()
    assert "moved the visit" in main.inner_text()

    page.goto("/admin/desk/blocks/")
    page.get_by_label("Whose time?").select_option(index=1)
    page.get_by_label("First day").fill(day.isoformat())
    page.get_by_label("What for? Colleagues read it, so no patient's name").fill("Staff meeting")
    page.get_by_role("button", name="Block it").click()
    if page.get_by_label("Block the rest of the time around them").count():
        report.visit(page, f"desk:in the way {width} {scheme}")
        assert fits(page)
        page.get_by_label("Block the rest of the time around them").check()
        page.get_by_role("button", name="Block it").click()
    assert "The time is blocked." in page.inner_text("body")
    report.visit(page, f"desk:blocks {width} {scheme}")
    assert fits(page)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Give the ticked ones back").click()
    assert "The time is free again." in page.inner_text("body")
    assert not report.problems, "\n".join(report.problems)
