"""Every page prints as a leaflet: printed by chromium, read back from the PDF."""

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

PHONE, STREET, NAME = "(201) 555-0142", "100 Sample Street", "New Jersey Spine Institute"
EMERGENCY = "Call 911 or go to the emergency room"
HISTORY = ["First published", "Not yet checked", "What changed, and why", "First version of the sample clinic."]
# Of no use on paper.
SCREEN_ONLY = [
    "Skip to the main content",
    "Menu",
    "You are here",
    "On this page",
    "Read next",
    "Request an appointment",
    "Call now",
    "Share this page",
    "Copy the link",
    "Was this page helpful",
    "Open until",
    "Search",
]
# By kind of page: what its leaflet must say beside name, address, phone and where it came from.
LEAFLETS = {
    "/conditions/sciatica/": [
        "Sciatica",
        EMERGENCY,
        "Do not drive yourself.",
        "See a doctor or urgent care today",
        "Make an appointment with us or your doctor if:",
        "55 in 100",
        "Not recommended",
        "do not force a hamstring stretch",
        "https://doi.org/10.1136/bmj.l6273",
        # A word that opens in place stands open.
        "What does “nerve root” mean?",
        "The first part of a nerve",
        *HISTORY,
    ],
    "/treatments/heat/": ["Heat", EMERGENCY, "At a glance", "Small, short-term relief", "Sources", *HISTORY],
    "/articles/exercises-to-avoid/": ["Exercises to avoid", EMERGENCY, "Leave it out for now if", *HISTORY],
    "/visit/": ["Your visit", *HISTORY],
    "/glossary/": ["herniated disc", "Also:", *HISTORY],
    "/treatments/": ["Treatments", "Not recommended"],
    "/articles/": ["Articles"],
    "/conditions/": ["Conditions", "Also called"],
    "/team/": ["Our team", "DEMO-0001"],
    "/team/jordan-example/": ["Jordan Example", "DEMO-0001"],
    "/locations/": ["Locations and hours", "7:30 am"],
    "/insurance/": ["Insurance we take"],
    "/contact/": ["Contact", "7:30 am"],
    "/": ["Where does it hurt?", "Neck", "7:30 am"],
}
# One with every change, the others with the large figures.
PATHS = [pytest.param(path, marks=[pytest.mark.proof] if number else []) for number, path in enumerate(LEAFLETS)]
# Text that is not dark, or stands on anything but white. Drawn blocks hold no text.
NOT_BLACK_ON_WHITE = """() => {
  const light = c => { const [r, g, b, a = 1] = c.match(/[\\d.]+/g).map(Number);
    return {bright: (r + g + b) / 3, clear: a === 0}; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const style = getComputedStyle(e);
    const words = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!e.checkVisibility() || !words || e.closest('svg')) continue;
    if (light(style.color).bright > 90) bad.push('light text: ' + e.textContent.trim().slice(0, 40));
    for (let up = e; up; up = up.parentElement) {
      const ground = light(getComputedStyle(up).backgroundColor);
      if (!ground.clear && ground.bright < 250) bad.push('dark ground: ' + e.textContent.trim().slice(0, 40));
    }
  }
  return bad;
}"""
FAINT_CARDS = """() => [...document.querySelectorAll('.care')].filter(card => {
  const style = getComputedStyle(card);
  const isBlack = /^rgb\\(0, 0, 0/.test(style.borderTopColor);
  return parseFloat(style.borderTopWidth) < 2 || style.borderTopStyle !== 'solid' || !isBlack;
}).map(card => card.textContent.trim().slice(0, 40))"""


def pdf_of(page):
    return PdfReader(io.BytesIO(page.pdf(format="Letter", print_background=True)))


def words_of(pdf):
    # Fonts write “fi” and “ff” as one sign.
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", " ".join(sheet.extract_text() for sheet in pdf.pages)))


@pytest.fixture
def page(watched):
    # Somebody who reads in the dark prints black on white all the same.
    return watched(color_scheme="dark").page()


@pytest.mark.parametrize("path", PATHS)
def test_a_leaflet_says_everything_and_where_it_came_from(page, server, path):
    page.goto(path)
    words = words_of(pdf_of(page))
    # A long address may be broken over two lines.
    joined = words.replace(" ", "")
    needed = [*LEAFLETS[path], NAME, STREET, PHONE, f"Printed from {server.url}{path}", "call 911"]
    assert [text for text in needed if text.replace(" ", "") not in joined] == []
    assert [text for text in SCREEN_ONLY if text in words] == []


@pytest.mark.parametrize("path", ["/conditions/sciatica/", "/treatments/heat/", "/get-help-now/", "/", "/contact/"])
def test_it_is_black_on_white_and_cards_keep_their_borders(page, path):
    page.goto(path)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(NOT_BLACK_ON_WHITE) == []
    assert page.evaluate(FAINT_CARDS) == []


def test_the_emergency_page_fits_on_two_sheets_and_names_every_area(page, server):
    page.goto("/get-help-now/")
    shown = page.locator("li").all_inner_texts()
    pdf = pdf_of(page)
    words = words_of(pdf)
    assert len(pdf.pages) <= 2
    for text in (
        EMERGENCY,
        "Below the waist",
        "Neck, head and arms",
        "Back pain with something else",
        "After spine surgery or an injection",
        "A child",
        "What to say on the phone",
        "cauda equina",
        "See a doctor or urgent care today",
        "see a doctor soon",
        f"Printed from {server.url}/get-help-now/",
    ):
        assert text in words, text
    joined = words.replace(" ", "")
    assert len(shown) > 25
    assert [sign for sign in shown if sign.replace(" ", "") not in joined] == []
    # The one page on which the clinic's phone would be in the way.
    assert PHONE not in words


def test_a_heading_never_stands_alone_at_the_foot_of_a_sheet(page):
    page.goto("/conditions/sciatica/")
    headings = set(page.locator("h2:visible, h3:visible").all_inner_texts())
    for sheet in pdf_of(page).pages:
        last = [line.strip() for line in sheet.extract_text().splitlines() if line.strip()][-1]
        assert last not in headings
