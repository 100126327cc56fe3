"""Nothing is cut off and nothing is too small to press."""

import pytest

from tests.browser.pages import FORM_PAGES, LOST_PAGES, every_page
from tests.browser.request_flow import walk_request

# WCAG 2.2, 2.5.8 asks for 24 px; links inside a sentence are exempt there and here.
SMALL = """() => {
  const inSentence = 'p, li li, td, sup, dd, figcaption, .flow li, small, .skip';
  return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter(e => !e.closest(inSentence))
    .map(e => ({text: e.textContent.trim().slice(0, 40), box: e.getBoundingClientRect(), id: e.id}))
    .filter(e => e.box.width > 0 && (e.box.height < 24 || e.box.width < 24))
    .map(e => `${e.text || e.id} ${e.box.width}x${e.box.height}`);
}"""


# References are drawn by lot, so every one stands here as the widest that there can be.
WIDEST_REFERENCE = """() => {
  for (const e of document.querySelectorAll('b'))
    if (/^R-[A-Z0-9]+$/.test(e.textContent)) e.textContent = 'R-MWMWM';
}"""


@pytest.mark.parametrize("width", [320, pytest.param(768, marks=pytest.mark.proof), 1280])
def test_no_page_scrolls_sideways(watched, width):
    page = watched(viewport={"width": width, "height": 800}).page()
    wide = []
    for path in every_page(page.request) + FORM_PAGES + LOST_PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []


def test_text_at_twice_the_size_fits_a_phone(watched):
    page = watched(viewport={"width": 320, "height": 800}).page()
    wide = []
    for path in every_page(page.request) + FORM_PAGES:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []


def test_every_state_of_a_request_fits_a_phone_whatever_the_size_of_the_text(watched):
    page = watched(viewport={"width": 320, "height": 800}).page()
    wide = []
    for state in walk_request(page):
        page.evaluate(WIDEST_REFERENCE)
        for size in ("200%", "100%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                wide.append((state, size))
    assert wide == []


def test_what_can_be_pressed_is_large_enough(watched):
    page = watched(viewport={"width": 320, "height": 800}).page()
    for path in every_page(page.request) + FORM_PAGES + LOST_PAGES:
        page.goto(path)
        assert page.evaluate(SMALL) == [], path
