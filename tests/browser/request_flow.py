"""The request as a patient walks it: by what is read on the page, never by ids."""

STATES = {
    "who",
    "who-error",
    "first-check",
    "first-check-error",
    "second-check",
    "second-check-error",
    "doctor-today",
    "asked-once",
    "reason",
    "reason-error",
    "time",
    "time-gone",
    "when",
    "when-error",
    "contact",
    "contact-error",
    "prepare",
    "review",
    "done",
    "contact-with-time",
    "review-with-time",
    "done-with-time",
    "emergency",
    "child",
    "gone",
    "call-details",
    "call-details-error",
}


def go_on(page, name="Continue"):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def begin(page, who="I do"):
    page.goto("/appointments/?condition=sciatica")
    page.get_by_role("radio", name=who).check()
    go_on(page)


def nothing_of_this(page):
    page.get_by_role("checkbox", name="None of these").check()
    go_on(page)


def answer_reason(page, been_here="No"):
    """No surgery; a first visit unless `been_here` is “Yes”."""
    page.get_by_role("group", name="Have you been to our clinic before").get_by_role("radio", name=been_here).check()
    page.get_by_role("group", name="In the last 3 months").get_by_role("radio", name="No").check()
    go_on(page)


def none_of_these_times(page):
    with page.expect_navigation():
        page.get_by_role("link", name="Tell us when you can come").click()


def open_times(page):
    """The buttons of the first day of the list."""
    return page.locator("details.day").first.get_by_role("button")


def choose_time(page, number=0):
    """Presses a time of the first day; returns what its button said."""
    button = open_times(page).nth(number)
    name = button.text_content()
    with page.expect_navigation():
        button.click()
    return " ".join(name.split())


def press_a_time_that_is_gone(page):
    """Sends a time off the grid, as when the page is very old."""
    open_times(page).first.evaluate("button => { button.value = '1.1.1.1'; }")
    choose_time(page)


def fill_contact(page):
    page.get_by_label("Your full name").fill("Terry Pretend")
    page.get_by_label("Phone number").fill("201 555 0177")
    page.get_by_label("E-mail address").fill("terry@example.com")
    page.get_by_role("radio", name="Either way").check()
    page.get_by_role("group", name="If you do not pick up").get_by_role("radio", name="Yes").check()
    go_on(page)


def walk_request(page):
    """Yields the name of each state while the page shows it; ends with everything in STATES seen."""
    page.goto("/appointments/")
    yield "who"
    go_on(page)
    yield "who-error"
    page.get_by_role("radio", name="A child under 18").check()
    go_on(page)
    yield "child"

    begin(page)
    yield "first-check"
    go_on(page)
    yield "first-check-error"
    page.get_by_role("checkbox", name="I am not sure").check()
    go_on(page)
    yield "emergency"
    go_on(page, "Change my answers")
    nothing_of_this(page)
    nothing_of_this(page)
    yield "asked-once"
    page.get_by_role("radio", name="Yes").check()
    go_on(page)

    begin(page)
    nothing_of_this(page)
    yield "second-check"
    go_on(page)
    yield "second-check-error"
    page.get_by_role("checkbox", name="I am not sure").check()
    go_on(page)
    yield "doctor-today"

    begin(page)
    nothing_of_this(page)
    nothing_of_this(page)
    yield "reason"
    go_on(page)
    yield "reason-error"
    answer_reason(page)
    yield "time"
    press_a_time_that_is_gone(page)
    yield "time-gone"
    none_of_these_times(page)
    yield "when"
    go_on(page)
    yield "when-error"
    page.get_by_role("checkbox", name="The first time you have").check()
    page.get_by_role("radio", name="Any place").check()
    page.get_by_role("radio", name="Anyone").check()
    go_on(page)
    yield "contact"
    go_on(page)
    yield "contact-error"
    fill_contact(page)
    yield "prepare"
    page.get_by_label("Anything else for the front desk").fill("I come by bus.")
    go_on(page)
    yield "review"
    go_on(page, "Send my request")
    yield "done"

    begin(page)
    nothing_of_this(page)
    nothing_of_this(page)
    answer_reason(page)
    choose_time(page, -1)
    yield "contact-with-time"
    fill_contact(page)
    go_on(page)
    yield "review-with-time"
    go_on(page, "Ask for this time")
    yield "done-with-time"

    page.goto("/appointments/00000000-0000-4000-8000-000000000000/reason/")
    yield "gone"

    page.goto("/appointments/call-me/")
    nothing_of_this(page)
    nothing_of_this(page)
    yield "call-details"
    go_on(page, "Ask for a call")
    yield "call-details-error"
