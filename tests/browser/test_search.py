"""The search by keyboard, on a phone, on paper, and at an address that does not exist."""

import re

from tests.browser.axe import AxeReport

QUERIES = ["", "back pain", "can't pee", "suicidal", "fever and back pain", "zzzqqq", "siatica elbow", "W" * 190]


def address(query):
    return f"/search/?q={query.replace(' ', '+')}"


def test_no_state_of_it_scrolls_sideways(watched):
    for width, text in ((320, "100%"), (320, "200%"), (768, "100%"), (1280, "100%")):
        page = watched(viewport={"width": width, "height": 800}).page()
        for query in QUERIES:
            page.goto(address(query))
            page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (query, width, text)


def test_no_state_of_it_has_an_axe_finding(watched):
    report = AxeReport()
    for width, scheme in ((320, "dark"), (1280, "light")):
        page = watched(viewport={"width": width, "height": 800}, color_scheme=scheme).page()
        for query in QUERIES:
            page.goto(address(query))
            report.visit(page, f"{address(query)} {width} {scheme}")
    assert not report.problems, "\n".join(report.problems)


def test_from_the_menu_by_keyboard_alone_without_javascript(watched):
    page = watched(viewport={"width": 320, "height": 800}, java_script_enabled=False).page()
    page.goto("/")
    page.get_by_text("Menu", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/")
    page.get_by_label("What are you looking for?").focus()
    page.keyboard.type("slipped disc")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=slipped+disc")
    assert page.get_by_role("heading", name=re.compile("results? for “slipped disc”")).is_visible()
    first = page.locator(".results h3 a").first
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/conditions/**")


def test_the_emergency_number_is_on_a_phone_s_first_screen(watched):
    page = watched(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True).page()
    page.goto(address("can't pee"))
    call = page.get_by_role("link", name="Call 911").bounding_box()
    assert call["y"] + call["height"] <= 640
    assert not page.locator(".bar").count()
    assert not page.locator("header .call").is_visible()


def test_on_paper_there_are_results_and_no_box(watched):
    page = watched(viewport={"width": 800, "height": 800}).page()
    page.emulate_media(media="print")
    page.goto(address("back pain"))
    assert not page.get_by_label("What are you looking for?").is_visible()
    assert page.locator(".results h3").first.is_visible()


def test_a_mistyped_address_leads_on(watched):
    page = watched(viewport={"width": 320, "height": 800}).page()
    page.goto("/conditions/siatica/")
    assert page.get_by_label("Search this site").input_value() == "siatica"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("link", name="Sciatica", exact=True).click()
    page.wait_for_url("**/conditions/sciatica/")


def test_nothing_typed_runs(watched):
    page = watched().page()
    page.on("dialog", lambda dialog: (_ for _ in ()).throw(AssertionError(dialog.message)))
    for query in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"):
        page.goto("/search/")
        page.get_by_label("What are you looking for?").fill(query)
        page.get_by_role("button", name="Search").click()
        page.wait_for_load_state()
        assert page.get_by_label("What are you looking for?").input_value() == query
        assert not page.context.cookies()
