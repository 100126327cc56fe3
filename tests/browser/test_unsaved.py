"""Typed text in a real browser: it asks before leaving, offers what was typed, and keeps nothing about patients."""

import re

import pytest

from tests.browser.conftest import sign_in

LINE = "One line for lists"
KEPT = "This browser kept what you typed here"


@pytest.fixture
def page(watched):
    page = watched(viewport={"width": 1280, "height": 900}).page()
    sign_in(page, "editor")
    return page


def open_article(page, title="Exercises to avoid"):
    page.goto("/admin/content/article/")
    page.get_by_role("link", name=title).first.click()
    open_part(page)
    return page.url


def open_part(page):
    """Unfolds the first part of the page and waits for its editor."""
    page.locator("#sections-0 > details:not([open]) > summary").click()
    editor = page.locator("#sections-0 .tiptap")
    editor.wait_for()
    return editor


def leave(page, path="/admin/"):
    """Whether the browser asked before it left. It leaves all the same."""
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", answer)
    page.goto(path)
    if not asked:
        page.remove_listener("dialog", answer)
    return asked == ["beforeunload"]


def kept_keys(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('njspine-typed:'))")


def test_a_form_that_nobody_changed_is_left_without_a_question(page):
    open_article(page)
    page.get_by_label(LINE).click()
    assert not leave(page)
    assert kept_keys(page) == []


def test_what_was_typed_is_offered_named_and_put_back_by_a_press_alone(page):
    url = open_article(page)
    was = page.get_by_label(LINE).input_value()
    page.get_by_label(LINE).fill("Typed and not saved")
    page.locator("#sections-0 .tiptap").click()
    page.keyboard.type("Words of mine. ")
    page.wait_for_timeout(700)
    assert leave(page)
    page.goto(url)
    page.get_by_text(KEPT).wait_for()
    assert page.get_by_label(LINE).input_value() == was
    named = page.locator(".kept-text li").all_inner_texts()
    assert LINE in named
    assert len(named) == 2
    editor = open_part(page)
    page.get_by_role("button", name="Put it back into the form").click()
    assert page.get_by_label(LINE).input_value() == "Typed and not saved"
    assert "Words of mine." in editor.inner_text()
    page.get_by_role("button", name="Save draft").locator("visible=true").first.click()
    page.get_by_text("Draft saved.").wait_for()
    page.wait_for_load_state()
    assert kept_keys(page) == []
    page.goto(url)
    assert page.get_by_text(KEPT).count() == 0
    assert "Words of mine." in open_part(page).inner_text()


def test_forgetting_it_is_for_good(page):
    url = open_article(page, "Your first visit")
    page.get_by_label(LINE).fill("Typed and not saved")
    page.wait_for_timeout(700)
    leave(page)
    page.goto(url)
    page.get_by_role("button", name="Forget it").click()
    assert kept_keys(page) == []
    page.goto(url)
    assert page.get_by_text(KEPT).count() == 0


def test_an_old_copy_is_gone_after_a_week_and_a_copy_never_grows_without_end(page):
    url = open_article(page, "Your first visit")
    page.get_by_label(LINE).fill("Typed and not saved")
    page.wait_for_timeout(700)
    page.evaluate(
        """() => { for (const key of Object.keys(localStorage)) {
            const kept = JSON.parse(localStorage[key]);
            localStorage[key] = JSON.stringify({ ...kept, at: Date.now() - 8 * 86400000 });
        } }"""
    )
    leave(page)
    page.goto(url)
    assert page.get_by_text(KEPT).count() == 0
    assert kept_keys(page) == []


def test_signing_out_forgets_every_copy(page):
    open_article(page, "Your first visit")
    page.get_by_label(LINE).fill("Typed and not saved")
    page.wait_for_timeout(700)
    assert len(kept_keys(page)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("You are signed out.").wait_for()
    assert kept_keys(page) == []


@pytest.mark.parametrize(
    ("name", "path", "label"),
    [
        ("desk", "/admin/desk/caller/", re.compile("First name|Name")),
        ("desk", "/admin/clinic/closure/add/", re.compile("Reason")),
    ],
)
def test_other_forms_are_watched_and_never_kept(watched, name, path, label):
    page = watched(viewport={"width": 1280, "height": 900}).page()
    sign_in(page, name)
    page.goto(path)
    page.get_by_label(label).first.fill("Canary")
    page.wait_for_timeout(700)
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    assert leave(page)
