"""Zero axe findings on every public page and state, and on the staff pages, at two widths, light and dark."""

import pytest

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in
from tests.browser.pages import FORM_PAGES, LOST_PAGES, TEXT_PAGES
from tests.browser.request_flow import STATES, walk_request

WIDTHS = [320, 1280]
STAFF_PAGES = [
    "/admin/",
    "/admin/desk/",
    "/admin/booking/appointmentrequest/",
    "/admin/content/condition/",
    "/admin/content/condition/add/",
    "/admin/clinic/clinic/1/change/",
]


# By far the longest of the browser tests: each half on a worker of its own.
@pytest.mark.parametrize(
    "scheme", [pytest.param(name, marks=pytest.mark.xdist_group(f"axe {name}")) for name in ("light", "dark")]
)
def test_no_page_has_an_axe_finding(watched, scheme):
    report = AxeReport()
    for width in WIDTHS:
        site = watched(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = site.page()
        for path in TEXT_PAGES + FORM_PAGES + LOST_PAGES:
            page.goto(path)
            report.visit(page, f"{path} {width} {scheme}")
        seen = set()
        for state in walk_request(page):
            seen.add(state)
            report.visit(page, f"request:{state} {width} {scheme}")
        assert seen == STATES
        staff = watched(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = staff.page()
        page.goto("/admin/login/")
        report.visit(page, f"/admin/login/ {width} {scheme}")
        sign_in(page, "root")
        for path in STAFF_PAGES:
            page.goto(path)
            report.visit(page, f"{path} {width} {scheme}")
    assert not report.problems, "\n".join(report.problems)
    assert report.unused() == [], "entries of axe_reviewed.toml that nothing needs any more"
