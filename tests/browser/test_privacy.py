"""What a visitor's browser is made to do: nothing but this site, no cookie before a form, little to load."""

import pytest

from tests.browser.pages import FORM_PAGES, LOST_PAGES, every_page

# The budget of a first view of a text page.
MAX_BYTES = 60_000
MAX_REQUESTS = 8
SCRIPTS = "script:not([type='application/ld+json'])"


def test_every_page_keeps_to_this_site(watched):
    """The `watched` fixture fails on any request elsewhere and on any complaint of the browser, CSP's included."""
    site = watched()
    page = site.page()
    for path in every_page(page.request) + FORM_PAGES + LOST_PAGES:
        assert page.goto(path) is not None
        # Data for search engines is no script; the one that there is comes from us and copies an address.
        scripts = page.evaluate(f"[...document.querySelectorAll({SCRIPTS!r})].map(e => e.src)")
        assert [
            address for address in scripts if not address.startswith(f"{site.server.url}/static/js/copy_link.")
        ] == []
        assert len(scripts) <= 1


def test_a_page_without_a_form_sets_no_cookie(watched):
    site = watched()
    page = site.page()
    for path in every_page(page.request) + LOST_PAGES:
        page.goto(path)
        assert site.context.cookies() == [], path


@pytest.mark.parametrize("path", ["/", "/conditions/sciatica/", "/treatments/heat/", "/articles/exercises-to-avoid/"])
def test_a_first_view_is_light(watched, path):
    site = watched(viewport={"width": 320, "height": 800})
    page = site.page()
    session = site.context.new_cdp_session(page)
    session.send("Network.enable")
    loaded = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    assert len(loaded) <= MAX_REQUESTS
    assert sum(loaded) <= MAX_BYTES
