"""A request from the first page to the reference: without JavaScript, and with the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.request_flow import (
    answer_reason,
    begin,
    choose_time,
    fill_contact,
    go_on,
    none_of_these_times,
    nothing_of_this,
    open_times,
    walk_request,
)

REFERENCE = re.compile(r"R-[A-Z0-9]{5}")


def send_request(page):
    begin(page)
    nothing_of_this(page)
    nothing_of_this(page)
    answer_reason(page, been_here="Yes")
    none_of_these_times(page)
    page.get_by_role("checkbox", name="The first time you have").check()
    page.get_by_role("radio", name="Any place").check()
    page.get_by_role("radio", name="Anyone").check()
    go_on(page)
    fill_contact(page)
    go_on(page)
    go_on(page, "Send my request")
    return REFERENCE.search(page.get_by_role("main").inner_text()).group()


def test_a_request_needs_no_javascript(watched):
    page = watched(java_script_enabled=False).page()
    reference = send_request(page)
    assert "This is a request, not yet an appointment" in page.get_by_role("main").inner_text()
    page.reload()
    assert reference in page.get_by_role("main").inner_text()


def test_a_time_is_chosen_without_javascript(watched):
    page = watched(java_script_enabled=False).page()
    begin(page)
    nothing_of_this(page)
    nothing_of_this(page)
    answer_reason(page)
    chosen = choose_time(page)
    day = re.search(r"\w+day, \w+ \d+", chosen).group()
    kept = page.get_by_role("main").inner_text()
    assert f"We are holding {day}" in kept
    assert "New York time" in kept
    fill_contact(page)
    go_on(page)
    assert "It is not booked until we confirm" in page.get_by_role("main").inner_text()
    go_on(page, "Ask for this time")
    done = page.get_by_role("main").inner_text()
    assert f"We are keeping {day}" in done
    assert REFERENCE.search(done)
    begin(page)
    nothing_of_this(page)
    nothing_of_this(page)
    answer_reason(page)
    assert chosen not in [" ".join(name.split()) for name in open_times(page).all_text_contents()]


def test_a_short_follow_up_is_booked_at_once(watched):
    """Every page says “book”, none “ask”, and colleagues read that it is booked."""
    page = watched(java_script_enabled=False).page()
    begin(page)
    nothing_of_this(page)
    nothing_of_this(page)
    answer_reason(page, been_here="Yes")
    page.locator("details.change summary").click()
    page.get_by_role("radio", name="Short follow-up").check()
    go_on(page, "Show this kind")
    chosen = choose_time(page)
    assert chosen.endswith("Book this time")
    day = re.search(r"\w+day, \w+ \d+", chosen).group()
    fill_contact(page)
    go_on(page)
    assert "not yet an appointment" not in page.get_by_role("main").inner_text()
    go_on(page, "Book this time")
    done = page.get_by_role("main").inner_text()
    assert page.get_by_role("heading", level=1).inner_text().split() == ["Your", "visit", "is", "booked"]
    assert day in done
    assert "until we confirm" not in done
    reference = REFERENCE.search(done).group()
    staff = watched().page()
    sign_in(staff, "desk")
    staff.goto("/admin/desk/find/")
    staff.get_by_role("textbox").last.fill(reference)
    staff.get_by_role("textbox").last.press("Enter")
    staff.get_by_role("link", name=reference).click()
    assert "The patient booked a visit on the site." in staff.get_by_role("main").inner_text()


def test_a_time_that_somebody_takes_disappears_without_taking_the_focus(watched):
    pages = [watched().page(), watched().page()]
    for page in pages:
        begin(page)
        nothing_of_this(page)
        nothing_of_this(page)
        answer_reason(page)
    page, other = pages
    focused, taken = open_times(page).nth(1), open_times(page).nth(2)
    value, there = taken.get_attribute("value"), open_times(page).count()
    page.locator("details.day").nth(1).locator("summary").click()
    focused.focus()
    choose_time(other, 2)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f"details.day button[value='{value}']:visible")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("Some of these times have just been taken.")
    expect(focused).to_be_focused()
    assert page.locator("details.day").first.get_by_role("button").count() < there
    assert page.locator("details.day").nth(1).get_attribute("open") is None


def test_back_and_send_again_is_still_one_request(watched):
    page = watched().page()
    reference = send_request(page)
    page.go_back()
    page.wait_for_load_state()
    if page.get_by_role("button", name="Send my request").count():
        go_on(page, "Send my request")
    else:
        page.go_forward()
    assert reference in page.get_by_role("main").inner_text()


def test_no_answer_is_ever_in_an_address(watched):
    page = watched().page()
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    for _ in walk_request(page):
        pass
    said = re.compile(r"terry|pretend|0177|unsure|none_of|emergency|today|yes|child", re.I)
    assert [address for address in addresses if said.search(address)] == []


def press_until(page, name, *, key="Tab", most=60):
    """Presses `key` until what has the focus is called `name`; fails when the keyboard never gets there."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.evaluate(
            "() => { const e = document.activeElement;"
            " return [e.labels?.[0]?.textContent, e.textContent, e.value].filter(Boolean).join(' ').trim(); }"
        )
        if name in focused:
            return
    raise AssertionError(f"no way to {name!r} by {key}")


def test_a_request_by_keyboard_alone(watched):
    page = watched().page()
    page.goto("/conditions/sciatica/")
    press_until(page, "Request an appointment")
    page.keyboard.press("Enter")
    page.wait_for_url("**/appointments/**")
    steps = [
        ["I do", "Continue"],
        ["None of these", "Continue"],
        ["None of these", "Continue"],
        ["Sciatica", "Yes", "Yes", "Continue"],
        ["Ask for this time"],
    ]
    for names in steps:
        heading = page.get_by_role("heading", level=1).inner_text()
        for name in names[:-1]:
            press_until(page, name)
            page.keyboard.press("Space")
        press_until(page, names[-1])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)
    press_until(page, "Your full name")
    page.keyboard.type("Terry Pretend")
    press_until(page, "Phone number")
    page.keyboard.type("201-555-0177")
    press_until(page, "By phone")
    page.keyboard.press("Space")
    press_until(page, "Yes")
    page.keyboard.press("Space")
    press_until(page, "Continue")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Help us prepare").wait_for()
    press_until(page, "Continue")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your answers").wait_for()
    press_until(page, "Ask for this time")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="We have your request").wait_for()


@pytest.mark.parametrize("page_name", ["reason-error", "contact-error"])
def test_an_error_is_announced_and_leads_to_its_field(watched, page_name):
    page = watched().page()
    for state in walk_request(page):
        if state == page_name:
            break
    assert page.title().startswith("Error:")
    summary = page.get_by_role("alert")
    assert summary.get_by_role("heading", name="There is a problem").is_visible()
    link = summary.get_by_role("link").first
    link.click()
    focused = page.evaluate("document.activeElement.id")
    assert focused
    assert f"#{focused}" == link.get_attribute("href")
