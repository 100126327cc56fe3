"""The board: what waits for whom, in a fixed number of queries, and nothing that changes by itself."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from content.anatomy import PageKind
from content.editing.board import NOBODY, count_overdue, due_pages, load_board
from content.editing.saving import keep_draft
from content.models import ExternalLink, Page, PageVersion, PlannedChange, ReviewRequest
from content.publishing import unpublish
from tests.content.factories import (
    answer_check,
    make_article,
    make_condition,
    make_due,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/New_York")
TODAY = MONDAY_NOON.date()
DAY = datetime.timedelta(days=1)
URL = "/admin/content/board/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic(is_sample=False)
    publish_flags()


def board(**options):
    return load_board(now=MONDAY_NOON, zone=ZONE, **options)


def titles(rows):
    return [row.title for row in rows]


class TestDates:
    def test_overdue_due_soon_and_never(self):
        for days, title in ((-1, "Yesterday"), (-90, "Long ago"), (0, "Today"), (30, "In a month"), (31, "Later")):
            make_due(days, title=title)
        make_treatment(published=True, title="Never")
        make_treatment(title="Only a draft")
        found = board()
        assert [(row.title, row.days) for row in found.overdue] == [("Long ago", 90), ("Yesterday", 1)]
        assert [(row.title, row.days) for row in found.due_soon] == [("Today", 0), ("In a month", 30)]
        assert titles(found.never_checked) == ["Never"]
        assert count_overdue(today=TODAY) == 2
        assert [page.live_title for page in due_pages(today=TODAY)] == ["Long ago", "Yesterday", "Today", "In a month"]

    def test_the_date_that_was_published_counts_and_not_the_draft_s(self):
        page = make_treatment(published=True, title="Heat")
        data = page.live_version.data | {"next_review": (TODAY - 5 * DAY).isoformat()}
        checked = PageVersion.objects.create(page_id=page.pk, number=9, schema=3, data=data, created_at=MONDAY_NOON)
        Page.objects.filter(pk=page.pk).update(live_version=checked, next_review=TODAY + 300 * DAY)
        assert [(row.title, row.days) for row in board().overdue] == [("Heat", 5)]
        assert count_overdue(today=TODAY) == 1

    def test_a_clinician_who_checks_the_live_text_again_moves_it_on(self):
        page = make_due(-5, title="Heat")
        answer_check(page, next_review=TODAY + 365 * DAY, now=MONDAY_NOON)
        assert board().overdue == board().due_soon == ()
        assert count_overdue(today=TODAY) == 0

    def test_a_clinician_who_wants_changes_takes_the_date_back(self):
        page = make_due(300, title="Heat")
        answer_check(page, verdict="changes", now=MONDAY_NOON)
        assert titles(board().never_checked) == ["Heat"]

    def test_the_day_is_the_clinic_s(self):
        make_due(0, title="Today")
        late_evening = datetime.datetime(2026, 11, 24, 4, 30, tzinfo=datetime.UTC)  # 11:30 pm the day before
        assert load_board(now=late_evening, zone=ZONE).overdue == ()

    def test_what_is_off_the_site_is_not_due(self):
        page = make_due(-5)
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        assert board().overdue == ()
        assert count_overdue(today=TODAY) == 0


class TestOtherLists:
    def test_waiting_for_a_check(self):
        page = make_treatment(title="Heat")
        version = keep_draft(page=page, by=None, now=MONDAY_NOON)
        rae = make_reviewer(first_name="Rae", last_name="Sample")
        asked = ReviewRequest.objects.create(
            page=page.page_ptr, version=version, asked_of=rae, note="The doses", created_at=MONDAY_NOON
        )
        [row] = board().waiting
        assert (row.title, row.who, row.note, row.since) == ("Heat", "Rae Sample", "The doses", MONDAY_NOON)
        asked.closed_at = MONDAY_NOON
        asked.save()
        assert board().waiting == ()

    def test_plans_that_wait_and_plans_that_failed(self):
        page = make_treatment(published=True, title="Heat")
        PlannedChange.objects.create(
            page=page.page_ptr, action="unpublish", at=MONDAY_NOON + DAY, created_at=MONDAY_NOON
        )
        failed = PlannedChange.objects.create(
            page=page.page_ptr,
            action="publish",
            version=page.live_version,
            at=MONDAY_NOON + DAY,
            created_at=MONDAY_NOON,
            state="failed",
            finished_at=MONDAY_NOON + DAY,
            problem="A source is missing.",
        )
        assert titles(board().planned) == ["Heat"]
        assert [row.note for row in board().failed] == ["A source is missing."]
        publish_page(page, now=MONDAY_NOON + 2 * DAY)
        assert board().failed == ()
        assert failed.state == "failed"

    def test_drafts_that_wait_for_more_than_30_days(self):
        page = make_treatment(published=True, title="Heat")
        page.tagline = "Other words"
        page.save()
        keep_draft(page=page, by=None, now=MONDAY_NOON - 31 * DAY)
        page.tagline = "Still other words"
        page.save()
        keep_draft(page=page, by=None, now=MONDAY_NOON - DAY)
        [row] = board().forgotten
        assert (row.title, row.days) == ("Heat", 31)

    def test_not_when_the_draft_says_what_is_live_again(self):
        page = make_treatment(published=True, title="Heat", tagline="Words")
        for tagline in ("Other words", "Words"):
            page.tagline = tagline
            page.save()
            keep_draft(page=page, by=None, now=MONDAY_NOON - 40 * DAY)
        assert board().forgotten == ()

    def test_not_yet_after_30_days_and_not_for_what_was_never_live(self):
        page = make_treatment(published=True)
        page.tagline = "Other words"
        page.save()
        keep_draft(page=page, by=None, now=MONDAY_NOON - 30 * DAY)
        keep_draft(page=make_treatment(), by=None, now=MONDAY_NOON - 90 * DAY)
        assert board().forgotten == ()

    def test_dead_links(self):
        ExternalLink.objects.create(url="https://a.example/", is_dead=True)
        ExternalLink.objects.create(url="https://b.example/")
        assert board().dead_links == 1


class TestNarrowing:
    def test_by_owner_and_kind(self):
        eddy = make_editor(first_name="Eddy")
        make_due(-1, title="Eddy's", owner=eddy)
        make_due(-1, title="Nobody's")
        make_due(-1, title="Moving", make=make_article)
        assert titles(board(owner=str(eddy.pk)).overdue) == ["Eddy's"]
        assert titles(board(owner=NOBODY).overdue) == ["Moving", "Nobody's"]
        assert titles(board(kind="article").overdue) == ["Moving"]
        assert titles(board(kinds=[PageKind.TREATMENT], kind="article").overdue) == ["Eddy's", "Nobody's"]
        assert board(owner=NOBODY).owners == ((eddy.pk, "Eddy"),)

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries_do_not_grow(self, count, django_assert_num_queries):
        for _ in range(count):
            page = make_due(-1, make=make_condition, owner=None)
            page.tagline = "Other words"
            page.save()
            keep_draft(page=page, by=None, now=MONDAY_NOON - 40 * DAY)
        with django_assert_num_queries(7):
            board()
        with django_assert_num_queries(1):
            count_overdue(today=TODAY)


class TestThePage:
    def test_editors_reviewers_and_publishers_see_it(self, client):
        page = make_due(-3, title="Heat <b>", owner=make_editor("olga", first_name="Olga"))
        for person in (make_editor(), make_reviewer(), make_publisher()):
            client.force_login(person)
            text = client.get(URL).content.decode()
            assert "3 days overdue" in text
            assert "Heat &lt;b&gt;" in text
            assert f"/admin/content/treatment/{page.pk}/change/" in text
            assert "Olga" in text
            assert "1 overdue" in client.get("/admin/").content.decode()

    def test_the_front_desk_does_not_and_nobody_sends_forms_to_it(self, client):
        client.force_login(make_front_desk())
        assert client.get(URL).status_code == 403
        assert URL not in client.get("/admin/").content.decode()
        client.force_login(make_editor())
        assert client.post(URL).status_code == 405

    @pytest.mark.parametrize(
        "query", ["owner=%00", "owner=99999999999999999999999", "owner=x", "kind=x&sort=x", "owner=-1", "owner=\u0663"]
    )
    def test_strange_addresses(self, client, query):
        make_due(-3, title="Heat")
        client.force_login(make_editor())
        assert client.get(f"{URL}?{query}").status_code == 200

    def test_sorted_as_asked(self, client):
        make_due(-3, title="Alpha")
        make_due(-9, title="Omega", owner=make_editor("olga"))
        client.force_login(make_editor())

        def places(sort):
            text = client.get(f"{URL}?sort={sort}").content.decode()
            return text.index(">Alpha<") < text.index(">Omega<")

        assert [places(sort) for sort in ("", "title", "owner")] == [False, True, True]

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_pages(self, client, count, django_assert_num_queries):
        for _ in range(count):
            make_due(-3)
        client.force_login(make_editor())
        client.get(URL)
        with django_assert_num_queries(16):
            client.get(URL)
