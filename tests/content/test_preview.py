"""The page as patients would see it: for people who may see drafts, and for nobody else, by no other way."""

import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.signing import Signer

from content.editing.preview_links import SALT, VALID_FOR, link_to, version_of
from content.editing.saving import keep_draft
from content.editing.sharing import revoke_preview_links
from content.models import (
    Article,
    Condition,
    Page,
    PageVersion,
    RatedTreatment,
    RedFlag,
    SafetyVersion,
    Section,
    Source,
)
from content.publishing import unpublish
from tests.content.factories import (
    make_article,
    make_condition,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.content.reading import change_url, form_data
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_reviewer

pytestmark = pytest.mark.django_db
MAKERS = {
    "condition": make_condition,
    "treatment": make_treatment,
    "article": make_article,
    "infopage": make_info,
    "glossary": make_glossary,
}
EVERYTHING = (Page, PageVersion, Section, Source, RatedTreatment, RedFlag, SafetyVersion, LogEntry, Session)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


@pytest.fixture
def eddy(client):
    client.force_login(user := make_editor())
    return user


def rows():
    return {model: list(model.objects.order_by("pk").values()) for model in EVERYTHING}


def preview_url(page):
    return change_url(page).replace("change", "preview")


class TestSaved:
    @pytest.mark.parametrize("kind", MAKERS)
    def test_every_kind_as_patients_would_get_it(self, eddy, client, soup, kind):
        page = MAKERS[kind](title="The draft's title")
        answer = client.get(preview_url(page))
        root = soup.parse(answer.content.decode())
        assert soup.text(next(root.iter("h1"))) == "The draft's title"
        assert "Preview of the draft saved" in soup.text(root)
        # Neither feedback, nor sharing, nor anything for machines: this page is none.
        assert not {"share", "helpful"} & {element.attrib.get("id") for element in root.iter()}
        assert not list(root.iter("script"))
        assert not [one for one in root.iter("link") if one.attrib["rel"] in ("canonical", "alternate")]

    def test_its_headers(self, eddy, client):
        answer = client.get(preview_url(make_condition()))
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src" not in policy
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Cache-Control"].startswith("no-store")

    def test_no_other_page_may_be_framed(self, eddy, client):
        page = make_condition(published=True)
        for path in (page.get_absolute_url(), change_url(page), f"{change_url(page)[:-7]}history/"):
            answer = client.get(path)
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], path
            assert answer["X-Frame-Options"] == "DENY"

    def test_only_pages_with_frames_may_hold_some(self, eddy, client):
        page = make_condition()
        assert "frame-src 'self'" in client.get(change_url(page))["Content-Security-Policy"]
        assert "frame-src" not in client.get(f"{change_url(page)[:-7]}history/")["Content-Security-Policy"]

    def test_links_that_lead_away_open_beside_it(self, eddy, client, soup):
        root = soup.parse(client.get(preview_url(make_condition())).content.decode())
        for link in root.iter("a"):
            stays = link.attrib["href"].startswith("#")
            assert (link.attrib.get("target") == "_blank") != stays, link.attrib

    def test_an_old_version_and_what_patients_see(self, eddy, client):
        page = make_condition(published=True, title="First title")
        Condition.objects.update(title="Second title")
        publish_page(page)
        old = client.get(preview_url(page), {"version": 1}).content.decode()
        new = client.get(preview_url(page), {"version": 2}).content.decode()
        assert "First title" in old
        assert "Patients do not see this version now." in old
        assert "Second title" in new
        assert "This is what patients see now." in new

    def test_a_removal_has_nothing_to_show(self, eddy, client):
        page = make_condition(published=True)
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        assert client.get(preview_url(page), {"version": 2}).status_code == 404

    def test_an_old_version_with_the_signs_of_a_moment(self, eddy, client):
        page = make_condition(published=True, flags=["bladder"])
        RedFlag.objects.filter(key="bladder").update(text="new words for it")
        publish_flags(now=MONDAY_NOON + datetime.timedelta(days=1))
        before = client.get(preview_url(page), {"version": 1, "on": MONDAY_NOON.isoformat()}).content.decode()
        after = client.get(preview_url(page), {"version": 1}).content.decode()
        assert "trouble starting or stopping your pee" in before
        assert "new words for it" in after
        for bad in ("x", "2026-01-01", "2026-01-01T00:00:00", "2026-99-01T00:00:00+00:00"):
            assert client.get(preview_url(page), {"version": 1, "on": bad}).status_code == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries(self, eddy, client, count, django_assert_num_queries):
        page = make_condition()
        page.related.set([make_article(published=True) for _ in range(count)])
        client.get(preview_url(page))
        with django_assert_num_queries(20):
            client.get(preview_url(page))


class TestTyped:
    def typed(self, client, soup, page, **changes):
        data = form_data(soup.parse(client.get(change_url(page)).content.decode()))
        before = rows()
        answer = client.post(preview_url(page), data | changes)
        assert rows() == before
        return answer

    @pytest.mark.parametrize("kind", MAKERS)
    def test_it_shows_what_stands_in_the_form_and_stores_nothing(self, eddy, client, soup, kind):
        page = MAKERS[kind](title="Saved title")
        changes = {"title": "Typed title", "sections-0-body": "<p>Typed words</p>"}
        html = self.typed(client, soup, page, **changes).content.decode()
        assert "Typed title" in html
        assert "Typed words" in html
        assert "Saved title" not in html
        assert "Preview of what you typed. Nothing is saved" in html
        assert client.get(change_url(page)).content.decode().count("Typed title") == 0

    def test_it_is_cleaned_as_it_would_be_on_saving(self, eddy, client, soup):
        answer = self.typed(client, soup, make_condition(), **{"sections-0-body": "<p>a</p><script>alert(1)</script>"})
        assert "alert(1)" not in answer.content.decode()
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]

    def test_what_is_wrong_is_listed_plainly(self, eddy, client, soup):
        answer = self.typed(client, soup, make_condition(), title="", **{"sections-0-number": "900"})
        text = soup.text(soup.parse(answer.content.decode()))
        assert "What you typed is still in the form." in text
        assert "Title: This field is required." in text
        assert "section 1, How many in 100:" in text

    @pytest.mark.parametrize("sent", [{}, {"title": "x" * 5000}, {"sections-TOTAL_FORMS": "x"}, {"title": "\0"}])
    def test_nonsense_is_answered_not_crashed(self, eddy, client, sent):
        page = make_condition()
        before = rows()
        assert client.post(preview_url(page), sent).status_code == 200
        assert rows() == before

    def test_a_page_that_was_never_saved(self, eddy, client, soup):
        data = form_data(soup.parse(client.get("/admin/content/article/add/").content.decode()))
        before = rows()
        data |= {"title": "Brand new", "slug": "brand-new", "sections-0-heading": "Why"}
        html = client.post("/admin/content/article/add/preview/", data).content.decode()
        assert "Brand new" in html
        assert rows() == before
        assert not Article.objects.exists()

    def test_a_warning_sign_among_the_others(self, eddy, client, soup):
        publish_flags()
        flag = RedFlag.objects.get(key="bladder")
        html = self.typed(client, soup, flag, text="typed sign").content.decode()
        assert "typed sign" in html
        assert "clumsy hands" in html

    def test_who_may_only_read_types_nothing(self, client):
        page = make_condition()
        client.force_login(make_reviewer())
        assert client.post(preview_url(page), {"title": "x"}).status_code == 403
        assert client.post("/admin/content/article/add/preview/", {}).status_code == 403
        html = client.get(change_url(page)).content.decode()
        assert "data-previews" not in html
        assert preview_url(page) in html


@pytest.fixture
def made():
    """A page of which nothing is public, its version, and the address of a link to it."""
    page = make_condition(title="Not for the public", slug="hidden")
    version = keep_draft(page=page, by=None, now=MONDAY_NOON)
    version = PageVersion.objects.select_related("page").get(pk=version.pk)
    return page, version, link_to(version, now=MONDAY_NOON).path


class TestLink:
    def test_whoever_has_it_reads_the_version(self, client, made, soup):
        _page, _version, path = made
        answer = client.get(path)
        text = soup.text(soup.parse(answer.content.decode()))
        assert "Not for the public" in text
        assert "Patients do not see this." in text
        assert "Sign in to say that you checked it" in text
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert '<meta name="robots" content="noindex, nofollow">' in answer.content.decode()
        assert not answer.cookies
        assert "ETag" not in answer.headers
        assert client.post(path).status_code == 405

    def test_it_shows_that_version_only(self, client, made):
        page, _version, path = made
        Condition.objects.update(title="Later words")
        keep_draft(page=page, by=None, now=MONDAY_NOON)
        assert "Later words" not in client.get(path).content.decode()

    def test_every_reason_not_to_open_gets_the_same_answer(self, client, made, time_machine):
        page, version, path = made
        other = Signer(salt="other").sign(Signer(salt=SALT).unsign(path.split("/")[2]))
        bad = [path[:-3] + "xx/", "/preview/x/", f"/preview/{other}/", f"/preview/{'x' * 3000}/", "/preview/é:1/"]
        values = ("", "1.2", "a.b.c.d", f"{page.pk}.99.0.9999999999")
        bad += [f"/preview/{Signer(salt=SALT).sign(value)}/" for value in values]
        gone = {client.get(one).content for one in bad}
        assert {client.get(one).status_code for one in bad} == {404}
        time_machine.move_to(MONDAY_NOON + VALID_FOR - datetime.timedelta(seconds=1), tick=False)
        assert client.get(path).status_code == 200
        revoke_preview_links(page=page)
        gone.add(client.get(path).content)
        version = PageVersion.objects.select_related("page").get(pk=version.pk)
        again = link_to(version, now=MONDAY_NOON).path
        assert client.get(again).status_code == 200
        Page.objects.update(trashed_at=MONDAY_NOON)
        gone.add(client.get(again).content)
        Page.objects.update(trashed_at=None)
        assert client.get(again).status_code == 200
        time_machine.move_to(MONDAY_NOON + VALID_FOR, tick=False)
        gone.add(client.get(again).content)
        assert len({re.sub(rb"Open until[^<]*|Closed[^<]*", b"", one) for one in gone}) == 1
        assert b"Not for the public" not in gone.pop()

    def test_a_version_that_was_taken_off(self, made):
        publish_flags()
        page = publish_page(made[0], now=MONDAY_NOON)
        off = unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        off = PageVersion.objects.select_related("page").get(pk=off.pk)
        assert version_of(link_to(off, now=MONDAY_NOON).path.split("/")[2], now=MONDAY_NOON) is None

    def test_no_log_keeps_it(self, client, made, log_lines):
        path = made[2]
        client.get(path[:-2] + "/")
        client.post(path)
        assert log_lines
        assert not [line for line in log_lines if path.split("/")[2][:12] in line]

    def test_no_machine_is_told_of_it(self, client, made):
        for path in ("/sitemap.xml", "/feed/", "/search/?q=hidden", "/conditions/"):
            assert "Not for the public" not in client.get(path).content.decode()
        assert "Disallow: /preview/" in client.get("/robots.txt").content.decode()

    def test_it_is_made_by_a_press_and_shown_with_its_end(self, eddy, client, made, soup):
        page = made[0]
        answer = client.post(f"{change_url(page)[:-7]}preview-link/")
        root = soup.parse(answer.content.decode())
        address = next(one.attrib["value"] for one in root.iter("input") if one.attrib.get("id") == "preview-link")
        assert "until December 7, 2026, 12:00 PM" in soup.text(root)
        assert set(answer.cookies) <= {"csrftoken"}
        path = re.sub(r"^https?://[^/]+", "", address)
        client.logout()
        assert client.get(path).status_code == 200
        client.force_login(eddy)
        client.post(f"{change_url(page)[:-7]}preview-links/end/")
        assert client.get(path).status_code == 404


def test_the_front_desk_sees_no_panel(client):
    page = make_condition()
    client.force_login(make_front_desk())
    html = client.get(change_url(page)).content.decode()
    assert "preview-panel" not in html
    assert "frame-src" not in client.get(change_url(page))["Content-Security-Policy"]
