"""Pages as people use them: words that open in place, the phone's bar and the card, copying the address, answering."""

import pytest

MEDICAL = [
    "/conditions/sciatica/",
    "/conditions/post-surgical-pain/",
    "/treatments/heat/",
    "/articles/exercises-to-avoid/",
]
# Where the bar and the emergency card stand now; None for what is not drawn.
BOXES = """() => ['.care--em', '.bar'].map(name => {
  const e = document.querySelector(name);
  if (!e || !e.checkVisibility()) return null;
  const {top, bottom} = e.getBoundingClientRect();
  return {top, bottom};
})"""
IN_VIEW = """e => { const {top, bottom} = e.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"""


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_word_opens_in_place_by_keyboard_and_its_sentence_stays_in_view(watched, width, has_script):
    page = watched(viewport={"width": width, "height": 800}, java_script_enabled=has_script).page()
    page.goto("/conditions/sciatica/")
    word = page.locator(".word-link").first
    meaning = page.locator(word.get_attribute("href"))
    assert not meaning.is_visible()
    word.focus()
    page.keyboard.press("Enter")
    meaning.wait_for(state="visible")
    for seen in (word, meaning):
        box = seen.bounding_box()
        assert 0 <= box["y"] <= 800 - box["height"]


def test_every_word_has_a_button_of_its_own_that_opens_and_closes(watched):
    page = watched(viewport={"width": 320, "height": 800}).page()
    page.goto("/conditions/sciatica/")
    for word in page.locator(".word").all():
        word.locator("summary").focus()
        page.keyboard.press("Enter")
        assert word.locator("p").is_visible()
        page.keyboard.press("Space")
        assert not word.locator("p").is_visible()


def test_a_word_can_be_pointed_to_from_elsewhere(watched):
    page = watched().page()
    page.goto("/glossary/#word-disc")
    assert page.locator("#word-disc").evaluate(IN_VIEW)


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("path", MEDICAL)
def test_the_phones_bar_never_stands_over_or_beside_the_emergency_card(watched, path, width):
    page = watched(viewport={"width": width, "height": 640}).page()
    page.goto(path)
    height = page.evaluate("document.documentElement.scrollHeight")
    seen_bar = False
    for offset in [*range(0, height, 160), height]:
        page.evaluate(f"scrollTo(0, {offset})")
        card, bar = page.evaluate(BOXES)
        if bar is None or bar["top"] >= 640 or bar["bottom"] <= 0:
            continue
        seen_bar = True
        # At least a finger's width of something else between them.
        assert bar["top"] - card["bottom"] >= 48 or card["top"] - bar["bottom"] >= 48, offset
    assert seen_bar == (width < 960)


@pytest.mark.parametrize("width", [320, 768])
def test_on_a_phone_a_page_with_a_card_shows_no_clinic_number_above_it(watched, width):
    page = watched(viewport={"width": width, "height": 800}, has_touch=True).page()
    page.goto("/conditions/sciatica/")
    card = page.locator(".care--em").bounding_box()
    numbers = [e.bounding_box() for e in page.get_by_text("(201) 555-0142").all() if e.is_visible()]
    assert numbers
    assert all(number["y"] > card["y"] + card["height"] for number in numbers)


def test_the_address_is_copied_and_said_so(watched, server):
    site = watched(permissions=["clipboard-read", "clipboard-write"])
    page = site.page()
    page.goto("/conditions/sciatica/")
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("status").filter(has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/conditions/sciatica/"


def test_without_a_script_the_address_can_still_be_copied_by_hand(watched, server):
    page = watched(java_script_enabled=False).page()
    page.goto("/conditions/sciatica/")
    assert not page.locator("[data-copies]").is_visible()
    field = page.get_by_label("Its address, to copy")
    assert field.input_value() == f"{server.url}/conditions/sciatica/"
    assert not field.is_editable()


def test_an_answer_travels_from_the_page_to_the_thanks_without_a_script(watched):
    site = watched(java_script_enabled=False)
    page = site.page()
    page.goto("/treatments/heat/")
    page.get_by_role("link", name="No, or something is wrong").click()
    assert site.context.cookies()[0]["name"] == "csrftoken"
    assert page.get_by_label("No, or something is wrong").is_checked()
    page.get_by_label("What should we keep").fill("x" * 501)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").get_by_text("You used 501").wait_for()
    page.get_by_label("What should we keep").fill("The part on skin was good.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/helpful/treatment/heat/thanks/")
    page.get_by_role("link", name="Back to").click()
    page.wait_for_url("**/treatments/heat/")
