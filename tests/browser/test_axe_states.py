"""Zero axe findings where no list of addresses leads: patients' links, the gallery, mails, forms that come back."""

import json
import re

import pytest

from tests.browser.axe import AxeReport
from tests.browser.conftest import STAFF_PASSWORD, sign_in
from tests.browser.link_pages import LATER_STATES, REST, STATES, make_links, unfold, walk_later, walk_links, walk_rest

LINE = "One line for lists"
RENDER = """
import json
from django.conf import settings
from django.test import Client
from django.utils import timezone
from njspine.previews.samples import SAMPLE_BY_SLUG
from njspine.previews.showing import mail_of
settings.DEBUG = True
pages = {"/_components/": Client(headers={"host": "localhost"}).get("/_components/").text}
for slug in ("confirmed", "received-with-time", "pages-due"):
    pages[f"/mail/{slug}/"] = mail_of(SAMPLE_BY_SLUG[slug], now=timezone.now()).html
print(json.dumps(pages))
"""


def is_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def set_text(page, size):
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)


def show_all(page, width):
    """As high as the page: of words across the lower edge axe cannot tell what is behind them."""
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    page.wait_for_function("innerHeight >= document.documentElement.scrollHeight")


@pytest.fixture(scope="module")
def links(server):
    return make_links(server)


@pytest.mark.parametrize(
    ("walk", "states"),
    [
        pytest.param(walk_links, STATES, id="visits"),
        pytest.param(walk_later, LATER_STATES, id="offers"),
        pytest.param(walk_rest, set(REST), id="rest", marks=pytest.mark.proof),
    ],
)
def test_patients_links_in_every_state(watched, links, walk, states):
    report, wrong, seen = AxeReport(), [], set()
    page = watched(viewport={"width": 320, "height": 800}).page()
    for state in walk(page, links):
        seen.add(state)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            report.visit(page, f"link:{state} {width} light")
        page.emulate_media(color_scheme="dark")
        report.visit(page, f"link:{state} 1280 dark", colors_only=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 800})
        set_text(page, "200%")
        if is_wide(page) or page.get_by_role("heading", level=1).count() != 1:
            wrong.append(state)
        set_text(page, "")
    assert not report.problems, "\n".join(report.problems)
    assert seen == states
    assert wrong == []


@pytest.mark.parametrize("path", ["/admin/desk/", "/admin/desk/wait/", "/admin/desk/requests/{offered-request}/"])
def test_the_desk_where_times_are_offered(watched, links, path):
    report = AxeReport()
    page = watched(viewport={"width": 320, "height": 800}).page()
    sign_in(page, "desk")
    page.goto(path.format_map(links))
    unfold(page)
    show_all(page, 320)
    report.visit(page, f"{path} 320 light")
    page.set_viewport_size({"width": 320, "height": 800})
    set_text(page, "200%")
    assert not is_wide(page)
    assert page.get_by_role("heading", level=1).count() == 1
    assert not report.problems, "\n".join(report.problems)


def answer_with(html):
    return lambda route: route.fulfill(body=html, content_type="text/html")


@pytest.fixture(scope="module")
def rendered(server):
    """Pages that the server itself shows to no browser of ours: the gallery is there with DEBUG alone, and the frame of
    a preview lets no script in, axe's neither."""
    return json.loads(server.manage("shell", "-v0", "-c", RENDER))


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(320, "light"), *(pytest.param(1280, scheme, marks=pytest.mark.proof) for scheme in ("light", "dark"))],
)
def test_the_gallery_and_the_mails(watched, rendered, width, scheme):
    report, wide = AxeReport(), []
    page = watched(viewport={"width": width, "height": 800}, color_scheme=scheme).page()
    for path, html in rendered.items():
        page.route(f"**{path}", answer_with(html))
        page.goto(path)
        show_all(page, width)
        is_mail = path.startswith("/mail/")
        if is_mail and scheme == "dark":
            # A mail has no colors, so the reader's program shows its own; axe takes every page's ground for white.
            assert page.evaluate("getComputedStyle(document.body).color") == "rgb(255, 255, 255)"
        else:
            # A mail stands inside the page of a mail program, which has the landmarks.
            rules_off = ["landmark-one-main", "region"] if is_mail else []
            report.visit(page, f"{path} {width} {scheme}", colors_only=scheme == "dark", rules_off=rules_off)
        wide += [path] if is_wide(page) else []
        page.set_viewport_size({"width": width, "height": 800})
    assert not report.problems, "\n".join(report.problems)
    assert wide == []


def test_the_previews_of_mails(watched):
    report = AxeReport()
    page = watched(viewport={"width": 320, "height": 800}).page()
    sign_in(page, "desk")
    for path in ("/admin/mails/", "/admin/mails/confirmed/?scheme=dark"):
        page.goto(path)
        report.visit(page, f"{path} 320 light")
        assert not is_wide(page)
    # The frame lets the styles of the mail in, and no link out.
    frame = page.frame_locator("iframe").first
    assert "Your visit is booked" in frame.locator("h1").inner_text()
    assert frame.locator("[role=article]").evaluate("mail => getComputedStyle(mail).paddingLeft") == "16px"
    assert not report.problems, "\n".join(report.problems)


@pytest.mark.proof
def test_forms_that_come_back_to_somebody_who_was_signed_out(watched):
    """Two people at one text; a session that ended while somebody typed; and the page that goes on from there."""
    report = AxeReport()
    site = watched(viewport={"width": 320, "height": 800})
    # Two people save and sign in, each time with a password to check: beside other tests that takes its time.
    site.context.set_default_timeout(30_000)
    page, other = site.page(), site.page()

    def look(label):
        show_all(page, 320)
        report.visit(page, f"{label} 320 light")
        page.emulate_media(color_scheme="dark")
        report.visit(page, f"{label} 320 dark", colors_only=True)
        page.emulate_media(color_scheme="light")
        assert not is_wide(page), label

    def save(where):
        where.get_by_role("button", name="Save draft").locator("visible=true").first.click()

    sign_in(page, "editor")
    page.goto("/admin/content/article/")
    page.get_by_role("link", name="Your first visit").first.click()
    other.goto(page.url)
    other.get_by_label(LINE).fill("What the other person typed")
    save(other)
    other.get_by_text("Draft saved.").wait_for()
    page.get_by_label(LINE).fill("What I typed")
    save(page)
    page.get_by_text(re.compile("saved .*while|meanwhile", re.IGNORECASE)).first.wait_for()
    look("conflict")
    site.context.clear_cookies(name="sessionid")
    save(page)
    page.get_by_role("heading", name="Staff sign-in").wait_for()
    look("sign-in with what was typed")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(STAFF_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Go on with what I typed").wait_for()
    look("go on")
    assert not report.problems, "\n".join(report.problems)
