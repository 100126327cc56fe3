"""The history of a page: what it shows, how it is compared, brought back, copied, and to whom all that is open."""

import datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.utils import timezone

from content.drafts import draft_data
from content.editing.saving import keep_draft
from content.editing.timeline import timeline
from content.models import (
    Condition,
    Page,
    PageReview,
    PageVersion,
    PlanAction,
    PlannedChange,
    PlanState,
    RedFlag,
    ReviewRequest,
    SafetyVersion,
    Verdict,
    VersionKind,
)
from content.publishing import publish_safety_library, unpublish
from tests.content.factories import make_article, make_condition, make_info, publish_flags, publish_page
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer, make_superuser

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
KINDS = {"condition": make_condition, "article": make_article, "infopage": make_info}


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON + 100 * MINUTE, tick=False)
    return make_clinic()


@pytest.fixture
def eddy(client):
    client.force_login(user := make_editor(first_name="Eddy", last_name="Tor"))
    return user


def url(page, name, model="condition"):
    return f"/admin/content/{model}/{page.pk}/{name}/"


def save(page, *, by=None, minutes=0, **fields):
    Condition.objects.filter(pk=page.pk).update(**fields)
    return keep_draft(page=page, by=by, now=MONDAY_NOON + minutes * MINUTE)


def sentences(page, number=1):
    return [event.sentence for event in timeline(page, number=number).events]


class TestTimeline:
    def test_everything_that_happened_newest_first(self, eddy):
        rae = make_reviewer(first_name="Rae", last_name="View")
        page = make_condition()
        first = save(page, by=eddy)
        ReviewRequest.objects.create(
            page=page, version=first, asked_by=eddy, asked_of=rae, created_at=MONDAY_NOON + MINUTE
        )
        PageReview.objects.create(
            page=page, version=first, digest="", verdict=Verdict.APPROVED, by=rae, created_at=MONDAY_NOON + 2 * MINUTE
        )
        PlannedChange.objects.create(
            page=page,
            action=PlanAction.PUBLISH,
            version=first,
            at=MONDAY_NOON + 9 * MINUTE,
            by=eddy,
            created_at=MONDAY_NOON + 3 * MINUTE,
            state=PlanState.CANCELLED,
            finished_at=MONDAY_NOON + 4 * MINUTE,
        )
        publish_flags()
        page = publish_page(page, by=eddy, now=MONDAY_NOON + 5 * MINUTE)
        unpublish(page=page, by=None, why="Out of date", now=MONDAY_NOON + 6 * MINUTE)
        with timezone.override("America/New_York"):
            told = sentences(page)
        assert told == [
            "Somebody without an account now took the page off the site.",
            "Eddy Tor published the page.",
            "The change planned for November 23, 2026, 12:09 PM was called off.",
            "Eddy Tor planned to publish version 1 on November 23, 2026, 12:09 PM.",
            "Rae View checked version 1 as a clinician: it is right.",
            "Eddy Tor asked Rae View to check version 1.",
            "Eddy Tor saved the draft.",
        ]

    def test_into_the_trash_and_out_of_it(self, eddy):
        page = make_condition()
        save(page, by=eddy)
        for note in ("Moved to the trash.", "Restored from the trash.", "Something else."):
            LogEntry.objects.log_actions(eddy.pk, [page], CHANGE, change_message=note, single_object=True)
        assert set(sentences(page)) == {
            "Eddy Tor took the page out of the trash.",
            "Eddy Tor moved the page to the trash.",
            "Eddy Tor saved the draft.",
        }

    def test_drafts_of_one_person_in_a_row_are_one_line(self, eddy):
        page, other = make_condition(), make_editor("other")
        for number, by in enumerate([eddy, eddy, other, eddy, eddy, eddy]):
            save(page, by=by, minutes=number, title=f"Title {number}")
        events = timeline(page).events
        assert [(event.number, len(event.earlier)) for event in events] == [(6, 2), (3, 0), (2, 1)]

    def test_a_draft_with_a_line_of_its_own_stands_alone(self, eddy):
        page = make_condition()
        save(page, by=eddy)
        Condition.objects.update(title="Changed")
        keep_draft(page=page, by=eddy, now=MONDAY_NOON, why="Because")
        assert [event.why for event in timeline(page).events] == ["Because", ""]

    def test_a_thousand_versions_by_pages_each_event_once(self, eddy, client, django_assert_num_queries):
        page = make_condition()
        data = draft_data(page.pk)
        PageVersion.objects.bulk_create(
            PageVersion(
                page=page.page_ptr,
                number=number,
                kind=VersionKind.SAVED,
                schema=3,
                data=data,
                why=f"{number}",
                created_at=MONDAY_NOON + number * MINUTE,
            )
            for number in range(1, 1001)
        )
        version = page.versions.get(number=500)
        for number in (0, 500, 950, 2000):
            at = MONDAY_NOON + number * MINUTE
            PageReview.objects.create(page=page, version=version, digest="", verdict=Verdict.CHANGES, created_at=at)
        with django_assert_num_queries(6):
            first = timeline(page)
        assert first.pages == 20
        seen = [event for number in range(1, 21) for event in timeline(page, number=number).events]
        assert [event.number for event in seen if event.number] == list(range(1000, 0, -1))
        assert sum(event.number is None for event in seen) == 4
        assert [event.at for event in seen] == sorted((event.at for event in seen), reverse=True)
        assert timeline(page, number=99).number == 20
        answer = client.get(url(page, "history") + "?page=nonsense")
        assert "Page 1 of 20" in answer.content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries_of_the_page(self, eddy, client, count, django_assert_num_queries):
        page = make_condition()
        for number in range(count):
            save(page, by=make_editor(f"editor-{number}"), minutes=number, title=f"Title {number}")
        client.get(url(page, "history"))
        with django_assert_num_queries(HISTORY_QUERIES):
            client.get(url(page, "history"))


HISTORY_QUERIES = 18


class TestCompare:
    def test_two_versions_in_words(self, eddy, client, soup):
        page = make_condition(title="Old title", flags=["bladder", "fever"])
        old = save(page, by=eddy)
        page.red_flags.remove(RedFlag.objects.get(key="fever"))
        new = save(page, by=eddy, title="New title")
        html = client.get(url(page, "compare"), {"old": new.number, "new": old.number}).content.decode()
        root = soup.parse(html)
        text = soup.text(next(root.iter("main")))
        assert "Old" in " ".join(soup.text(one) for one in root.iter("del"))
        assert "[removed: Old]" in text
        assert "[added: New]" in text
        assert "[removed: back pain with fever]" in text
        assert "&lt;p&gt;" not in html

    def test_every_text_is_inert(self, eddy, client):
        page = make_condition(title="<script>alert(1)</script>", summary="a")
        save(page, by=eddy)
        save(page, by=eddy, title="<img src=x onerror=alert(1)>", summary="{{ 7 }}")
        html = client.get(url(page, "compare"), {"old": 1, "new": 2}).content.decode()
        assert "<script>alert" not in html
        assert "<img" not in html

    @pytest.mark.parametrize(
        "asked", [{}, {"old": "1"}, {"old": "1", "new": "1"}, {"old": "x", "new": "2"}, {"old": "-1", "new": "²"}]
    )
    def test_without_two_versions_it_says_what_to_do(self, eddy, client, asked):
        page = make_condition()
        save(page)
        answer = client.get(url(page, "compare"), asked)
        assert answer.status_code == 400
        assert "Choose two different versions" in answer.content.decode()

    def test_queries(self, eddy, client, django_assert_num_queries):
        page = make_condition()
        save(page)
        save(page, title="New")
        client.get(url(page, "compare"), {"old": 1, "new": 2})
        with django_assert_num_queries(14):
            client.get(url(page, "compare"), {"old": 1, "new": 2})


class TestBringBack:
    def test_it_becomes_the_draft_and_patients_see_nothing_of_it(self, eddy, client):
        page = make_condition(published=True, title="Old title", slug="pain")
        Condition.objects.update(title="New title")
        page = publish_page(page)
        before = client.get("/conditions/pain/").content
        answer = client.post(url(page, "restore"), {"version": 1}, follow=True)
        assert "Version 1 is the draft again. Patients see it when you publish it." in answer.content.decode()
        assert (Condition.objects.get().title, Page.objects.get().live_title) == ("Old title", "New title")
        assert client.get("/conditions/pain/").content == before
        assert LogEntry.objects.get().user == eddy

    def test_what_is_gone_is_named(self, eddy, client):
        page = make_condition(flags=["bladder", "fever"])
        save(page)
        page.red_flags.clear()
        RedFlag.objects.filter(key="fever").delete()
        answer = client.post(url(page, "restore"), {"version": 1}, follow=True)
        assert "Warning signs that no longer exist: fever." in answer.content.decode()

    def test_a_removal_is_no_text_to_bring_back(self, eddy, client):
        page = make_condition(published=True)
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        assert client.post(url(page, "restore"), {"version": 2}).status_code == 404

    def test_looking_changes_nothing(self, eddy, client):
        page = make_condition()
        save(page)
        assert client.get(url(page, "restore"), {"version": 1}).status_code == 405
        assert client.get(url(page, "copy")).status_code == 405


def test_copy_as_a_new_draft(eddy, client):
    page = make_condition(published=True, title="Sciatica", slug="sciatica")
    answer = client.post(url(page, "copy"), follow=True)
    copy = Condition.objects.get(slug="sciatica-copy")
    assert answer.redirect_chain == [(url(copy, "change"), 302)]
    assert (copy.title, copy.live_version, copy.owner) == ("Sciatica (copy)", None, eddy)
    assert client.get("/conditions/sciatica-copy/").status_code == 404


class TestSigns:
    def test_history_compare_and_bring_back(self, eddy, client):
        publish_flags()
        RedFlag.objects.filter(key="bladder").update(text="other words")
        publish_safety_library(by=None, why="Plainer", now=MONDAY_NOON)
        html = client.get("/admin/content/redflag/history/").content.decode()
        assert "Plainer" in html
        html = client.get("/admin/content/redflag/compare/", {"old": 1, "new": 2}).content.decode()
        assert "Warning sign: bladder" in html
        answer = client.post("/admin/content/redflag/restore/", {"version": 1}, follow=True)
        assert "are the draft again" in answer.content.decode()
        assert RedFlag.objects.get(key="bladder").text == "trouble starting or stopping your pee"
        assert SafetyVersion.objects.count() == 2

    @pytest.mark.parametrize("name", ["compare/?old=1&new=9", "preview/?version=9", "preview/?version=x"])
    def test_versions_that_do_not_exist(self, eddy, client, name):
        publish_flags()
        assert client.get(f"/admin/content/redflag/{name}").status_code == 404

    def test_each_sign_leads_to_the_history_of_all(self, eddy, client):
        publish_flags()
        flag = RedFlag.objects.first()
        assert client.get(f"/admin/content/redflag/{flag.pk}/history/").status_code == 200
        assert (
            "/admin/content/redflag/history/"
            in client.get(f"/admin/content/redflag/{flag.pk}/change/").content.decode()
        )


# GET and POST addresses under /admin/content/<kind>/<id>/, what is sent, and what those who may get.
READS = {
    "history/": ({}, 200),
    "compare/": ({"old": 1, "new": 2}, 200),
    "preview/": ({}, 200),
    "preview/?version=1": (None, 200),
    "as-of/": ({"on": "2026-01-05T12:30"}, 200),
    "record.zip": ({}, 200),
}
PRESSES = {
    "restore/": ({"version": 1}, 302),
    "copy/": ({}, 302),
    "preview/": ({}, 200),
    "preview-link/": ({}, 200),
    "preview-links/end/": ({}, 302),
}
ROLES = {
    "front desk": (make_front_desk, False, False),
    "editor": (make_editor, True, True),
    "reviewer": (make_reviewer, True, False),
    "publisher": (make_publisher, True, True),
    "superuser": (make_superuser, True, True),
}


def answers(client, base):
    """{address: status} of everything under `base`."""
    found = {}
    for name, (data, _status) in READS.items():
        answer = client.get(base + name, data)
        found[f"GET {name}"] = answer.status_code
        if answer.streaming:
            list(answer)
    for name, (data, _status) in PRESSES.items():
        found[f"POST {name}"] = client.post(base + name, data).status_code
    return found


def expected(*, reads=None, presses=None):
    """The same with one status for all, or what those who may get."""
    return {f"GET {name}": reads or status for name, (_data, status) in READS.items()} | {
        f"POST {name}": presses or status for name, (_data, status) in PRESSES.items()
    }


@pytest.fixture
def two_versions():
    def two_versions(kind):
        page = KINDS[kind](published=True)
        type(page).objects.filter(pk=page.pk).update(title="Secret draft")
        keep_draft(page=page, by=None, now=MONDAY_NOON)
        return page

    return two_versions


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES)
def test_each_address_asks_for_itself(client, two_versions, kind, role):
    page = two_versions(kind)
    make, reads, writes = ROLES[role]
    client.force_login(make())
    got = answers(client, f"/admin/content/{kind}/{page.pk}/")
    assert got == expected(reads=None if reads else 403, presses=None if writes else 403)


def test_somebody_who_is_not_signed_in(client, two_versions):
    page = two_versions("condition")
    assert answers(client, f"/admin/content/condition/{page.pk}/") == expected(reads=302, presses=200)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("which", ["in the trash", "of another kind", "of another model", "of nothing", "too large"])
def test_ids_that_are_no_page_of_this_kind(client, two_versions, role, which):
    page = two_versions("condition")
    user = ROLES[role][0]()
    client.force_login(user)
    pk = {
        "in the trash": page.pk,
        "of another kind": two_versions("article").pk,
        "of another model": RedFlag.objects.order_by("-pk").first().pk + 5000,
        "of nothing": 10**6,
        "too large": 10**30,
    }[which]
    if which == "in the trash":
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        Page.objects.filter(pk=page.pk).update(trashed_at=MONDAY_NOON)
    _make, reads, writes = ROLES[role]
    got = answers(client, f"/admin/content/condition/{pk}/")
    want = expected(reads=404 if reads else 403, presses=404 if writes else 403)
    if which == "in the trash" and reads:
        # Where old addresses lead: to the page that says so.
        want["GET history/"] = 302
    assert got == want


@pytest.mark.parametrize("role", ["front desk", "editor"])
@pytest.mark.parametrize("number", ["3", "x", "-1", "", "9999999999999999999999"])
def test_versions_that_are_not_of_this_page(client, two_versions, role, number):
    page, other = two_versions("condition"), two_versions("condition")
    Condition.objects.filter(pk=other.pk).update(title="Third")
    keep_draft(page=other, by=None, now=MONDAY_NOON)
    client.force_login(ROLES[role][0]())
    base, status = f"/admin/content/condition/{page.pk}/", 404 if ROLES[role][1] else 403
    assert client.get(base + "preview/", {"version": number}).status_code == status
    assert client.post(base + "restore/", {"version": number}).status_code == status
    if number == "3":
        assert client.get(base + "compare/", {"old": 1, "new": number}).status_code == status


def test_without_versions_no_trace_of_the_draft(client, two_versions):
    """The front desk's own form of a page shows no preview, no history and no links to them."""
    page = two_versions("condition")
    client.force_login(make_front_desk())
    html = client.get(f"/admin/content/condition/{page.pk}/change/").content.decode()
    assert "preview" not in html
    assert "preview-link" not in html
