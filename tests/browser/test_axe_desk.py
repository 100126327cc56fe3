"""Zero axe findings on every page of the editors' desk, at two widths, light and dark; none wider than the screen."""

import json
import re

import pytest

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in

# Twenty-two pages, three times: run among the large figures.
pytestmark = pytest.mark.proof

# A draft that differs from what patients see, a page in the trash, a picture, an old, a missing and an outside address.
MAKE = """
import json
from django.contrib.auth.models import User
from django.utils import timezone
from clinic.models import Image
from content.editing.saving import keep_draft
from content.editing.trash import trash_page
from content.models import Condition, ExternalLink, InfoPage, MissingAddress, Redirect
now, by = timezone.now(), User.objects.get(username="root")
page = Condition.objects.get(slug="neck-pain")
page.summary = "What helps a sore neck first"
page.save()
keep_draft(page=page, by=by, now=now)
gone = InfoPage.objects.create(slug="desk-in-the-trash", title="A page in the trash")
trash_page(page=gone, by=by, may_take_off=False, why="", now=now)
redirect = Redirect.objects.create(path="/sore-neck/", to_page=page)
MissingAddress.objects.create(path="/nek-pain/", first_day=now.date(), last_day=now.date())
ExternalLink.objects.create(url="https://example.org/a-study", checked_at=now, status=404, failing_since=now)
print(json.dumps([page.pk, gone.pk, redirect.pk, Image.objects.first().pk]))
"""


def desk_pages(page, gone, redirect, picture):
    condition = f"/admin/content/condition/{page}"
    return [
        f"{condition}/change/",
        f"{condition}/change/?check",
        f"{condition}/history/",
        f"{condition}/compare/?old=1&new=2",
        f"{condition}/as-of/?on=2020-01-01",
        f"{condition}/check/",
        f"{condition}/delete/",
        f"/admin/content/trash/pages/{page}/",
        f"/admin/content/trash/pages/{gone}/restore/",
        "/admin/content/trash/",
        "/admin/content/board/",
        "/admin/content/redflag/",
        "/admin/content/redflag/history/",
        "/admin/content/redflag/proposal/",
        "/admin/content/redirect/",
        f"/admin/content/redirect/{redirect}/change/",
        "/admin/content/missingaddress/",
        "/admin/content/externallink/",
        "/admin/clinic/image/",
        "/admin/clinic/image/add/",
        f"/admin/clinic/image/{picture}/change/",
        f"/admin/clinic/image/{picture}/trash/",
    ]


@pytest.fixture(scope="module")
def paths(server):
    return desk_pages(*json.loads(server.manage("shell", "-v0", "-c", MAKE)))


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "light"), (1280, "dark")])
def test_no_page_of_the_desk_has_an_axe_finding(watched, paths, width, scheme):
    report, wide = AxeReport(), []
    page = watched(viewport={"width": width, "height": 800}, color_scheme=scheme).page()
    sign_in(page, "root")
    for path in paths:
        page.set_viewport_size({"width": width, "height": 800})
        answer = page.goto(path)
        assert answer.status == 200, path
        # As high as the page: of words across the lower edge axe cannot tell what is behind them.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
        report.visit(page, f"{re.sub('[0-9]+', 'N', path)} {width} {scheme}", colors_only=scheme == "dark")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert not report.problems, "\n".join(report.problems)
    assert wide == []
