"""Zero axe findings on public pages and states, and on the staff pages, at two widths, light and dark."""

import pytest

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in
from tests.browser.pages import FORM_PAGES, LOST_PAGES, TEXT_PAGES, every_page
from tests.browser.request_flow import STATES, walk_request

WIDTHS = [320, 1280]
SCHEMES = [pytest.param(name, marks=pytest.mark.xdist_group(f"axe {name}")) for name in ("light", "dark")]
# By far the longest of the browser tests: two of the four ways for every change, each on a worker of its own.
WAYS = [
    pytest.param(320, "light", marks=pytest.mark.xdist_group("axe light")),
    pytest.param(1280, "dark", marks=pytest.mark.xdist_group("axe dark")),
    pytest.param(1280, "light", marks=[pytest.mark.proof, pytest.mark.xdist_group("axe light")]),
    pytest.param(320, "dark", marks=[pytest.mark.proof, pytest.mark.xdist_group("axe dark")]),
]
STAFF_PAGES = [
    "/admin/",
    "/admin/desk/",
    "/admin/booking/appointmentrequest/",
    "/admin/content/condition/",
    "/admin/content/condition/add/",
    "/admin/clinic/clinic/1/change/",
]


@pytest.mark.parametrize(("width", "scheme"), WAYS)
def test_no_kind_of_page_has_an_axe_finding(watched, width, scheme):
    report = AxeReport()
    colors_only = scheme == "dark"
    site = watched(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = site.page()
    for path in TEXT_PAGES + FORM_PAGES + LOST_PAGES:
        page.goto(path)
        report.visit(page, f"{path} {width} {scheme}", colors_only=colors_only)
    seen = set()
    for state in walk_request(page):
        seen.add(state)
        report.visit(page, f"request:{state} {width} {scheme}", colors_only=colors_only)
    assert seen == STATES
    staff = watched(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = staff.page()
    page.goto("/admin/login/")
    report.visit(page, f"/admin/login/ {width} {scheme}", colors_only=colors_only)
    sign_in(page, "root")
    for path in STAFF_PAGES:
        page.goto(path)
        # Axe cannot judge a word that lies across the lower edge of the window.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
        report.visit(page, f"{path} {width} {scheme}", colors_only=colors_only)
    assert not report.problems, "\n".join(report.problems)
    if (width, scheme) == (320, "light"):
        assert report.unused() == [], "entries of axe_reviewed.toml that nothing needs any more"


@pytest.mark.proof
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_at_all_has_an_axe_finding(watched, scheme):
    report = AxeReport()
    for width in WIDTHS:
        page = watched(viewport={"width": width, "height": 800}, color_scheme=scheme).page()
        for path in every_page(page.request):
            page.goto(path)
            report.visit(page, f"{path} {width} {scheme}")
    assert not report.problems, "\n".join(report.problems)
    assert report.pages > 2 * len(TEXT_PAGES)
