"""An editor's form in a real browser: what is pasted arrives clean, what was stored reopens, links find their field."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in

# Minutes of a real browser: run among the large figures.
pytestmark = pytest.mark.proof

FIXTURES = Path(__file__).resolve().parents[1] / "content" / "fixtures" / "paste"
PROGRAMS = ["word", "google_docs", "word_online", "outlook", "libreoffice", "pages_mac"]
# As a browser does it: a paste event with the HTML on its clipboard.
PASTE = """([editor, html]) => {
  editor.focus();
  document.execCommand("selectAll");
  const clipboard = new DataTransfer();
  clipboard.setData("text/html", html);
  clipboard.setData("text/plain", "plain");
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def form(watched):
    """The form of a new practical page, its one section open."""
    page = watched().page()
    sign_in(page, "root")
    page.goto("/admin/content/infopage/add/")
    return page


def save(page):
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/change/"))


def stored(page):
    return page.locator("#id_sections-0-body").evaluate("textarea => textarea.value")


def open_part(page, number=0):
    part = page.locator(f"#sections-{number} > details")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    return part


@pytest.mark.parametrize("program", PROGRAMS)
def test_paste_is_stored_as_the_server_reads_it_and_reopens(form, program):
    clipboard = (FIXTURES / f"{program}.html").read_text()
    wanted = (FIXTURES / f"{program}.out.html").read_text().strip()
    form.get_by_role("textbox", name="Title:", exact=True).fill(f"Pasted from {program}")
    editor = form.locator("#sections-0 [contenteditable=true]")
    with form.expect_response(re.compile(r"/infopage/paste/$")):
        form.evaluate(PASTE, [editor.element_handle(), clipboard])
    expect(form.locator("#id_sections-0-body")).to_have_value(re.compile(r".{20}", re.DOTALL))
    save(form)
    assert stored(form) == wanted
    # Typing a letter and taking it back makes the editor write the whole text anew.
    open_part(form)
    form.locator("#sections-0 [contenteditable=true]").click()
    form.keyboard.press("Control+End")
    form.keyboard.type("x")
    form.keyboard.press("Backspace")
    save(form)
    assert stored(form) == wanted


def test_plain_paste_and_paste_while_the_site_does_not_answer(form):
    form.get_by_role("textbox", name="Title:", exact=True).fill("Offline")
    form.route("**/infopage/paste/", lambda route: route.fulfill(status=503))
    editor = form.locator("#sections-0 [contenteditable=true]")
    form.evaluate(PASTE, [editor.element_handle(), "<p style='color:red'>Still <b>here</b></p>"])
    expect(form.locator("#id_sections-0-body")).to_have_value(re.compile("here"))
    save(form)
    assert stored(form) == "<p>Still <strong>here</strong></p>"


class TestFinding:
    @pytest.fixture
    def long_form(self, watched):
        page = watched().page()
        sign_in(page, "root")
        page.goto("/admin/content/condition/")
        page.locator("#result_list").get_by_role("link", name="Sciatica").click()
        return page

    def test_a_part_opens_from_the_list_of_parts_by_keyboard(self, long_form):
        link = long_form.locator(".draft-parts").get_by_role("link", name="What to expect")
        link.focus()
        long_form.keyboard.press("Enter")
        part = long_form.locator(".part", has=long_form.locator("summary", has_text="What to expect"))
        assert part.get_attribute("open") is not None
        assert long_form.evaluate("document.activeElement.tagName") == "SUMMARY"

    def test_a_problem_leads_into_the_editor_of_a_folded_part(self, long_form):
        body = open_part(long_form, 1).locator("[contenteditable=true]")
        body.fill("")
        save(long_form)
        link = long_form.locator(".draft-problems").get_by_role("link", name=re.compile("is empty"))
        assert long_form.locator("#sections-1 > details").get_attribute("open") is None
        link.click()
        focused = "document.activeElement.closest('#sections-1 .prose-editor') !== null"
        assert long_form.evaluate(focused)

    def test_the_form_has_no_barrier_folded_or_open(self, long_form):
        axe = AxeReport()
        axe.visit(long_form, "a page's form, folded")
        for number in range(3):
            open_part(long_form, number)
        axe.visit(long_form, "a page's form, open")
        assert axe.problems == []

    def test_a_row_is_added_open_and_typed_in(self, long_form):
        long_form.get_by_role("button", name="Add another Source").click()
        row = long_form.locator(".inline-related.last-related:not(.empty-form), #sources-group .dynamic-sources").last
        assert row.locator("details").get_attribute("open") is not None
        row.get_by_label("author, title, publisher").or_(row.locator("[name$=citation]")).first.fill("Study")


def test_without_script_the_parts_open_and_the_text_is_there(watched):
    page = watched(java_script_enabled=False).page()
    sign_in(page, "root")
    page.goto("/admin/content/condition/")
    page.locator("#result_list").get_by_role("link", name="Sciatica").click()
    part = open_part(page)
    assert part.locator("textarea[name$=body]").is_visible()
