"""The buttons of a page's form: each says what it will do, does that, and is refused to whoever may not."""

import datetime
import re

import pytest
from django.contrib.auth.models import User

from content.editing.planning import plan_publish, plan_unpublish, run_due_plans, waiting
from content.editing.reviewing import open_request, want_changes
from content.models import Page, PlannedChange, ReviewRequest
from content.states import PlanState, VersionKind
from tests.content.factories import (
    check_page,
    make_article,
    make_clinician,
    make_condition,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.content.reading import by_class, change_url, form_data, listed_problems
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
DECEMBER_3 = {"plan-day": "2026-12-03", "plan-time": "09:00"}


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


@pytest.fixture
def page():
    return make_condition(published=True, slug="sciatica", title="Sciatica")


def status(soup, answer):
    return [soup.text(line) for box in by_class(soup.parse(answer.content.decode()), "draft-status") for line in box]


def buttons(soup, answer):
    root = soup.parse(answer.content.decode())
    presses = [e for e in root.iter() if e.tag in ("input", "button") and e.attrib.get("type") == "submit"]
    return {e.attrib["name"] for e in presses if "name" in e.attrib}


class TestPublishingNow:
    def test_one_press_is_one_version(self, press, page):
        press(change_url(page), "_publish", title="Fresh", why="Clearer")
        assert list(page.versions.order_by("number").values_list("kind", flat=True)) == [VersionKind.PUBLISHED] * 2

    def test_a_refused_press_keeps_the_draft_as_a_version(self, press, page):
        press(change_url(page), "_publish", title="Fresh")
        newest = page.versions.first()
        assert (newest.kind, newest.data["title"]) == (VersionKind.SAVED, "Fresh")

    def test_a_press_beside_another_form_keeps_the_draft_as_a_version_and_publishes_nothing(self, press, page):
        press(change_url(page), "_publish", title="Fresh", why="Clearer", _popup="1")
        newest = page.versions.first()
        assert (newest.kind, newest.data["title"]) == (VersionKind.SAVED, "Fresh")

    def test_it_says_what_became_of_the_plans(self, press, page):
        press(change_url(page), "_plan_publish", title="Older", why="Later", **DECEMBER_3)
        press(change_url(page), "_plan_unpublish", **{"off-day": "2026-12-24", "off-time": "18:00"})
        answer = press(change_url(page), "_publish", title="By hand", why="Now").content.decode()
        assert (
            "Published. Patients see it now. What was planned for Dec 3, 2026, 9:00 AM is canceled: it was an older "
            "text. It is still planned to be taken off the site on Dec 24, 2026, 6:00 PM." in answer
        )
        assert "On Dec 24, 2026, 6:00 PM this page is taken off the site. Planned by pip." in answer


class TestPublishingLater:
    def test_the_status_says_what_will_happen_and_when(self, press, page, soup):
        answer = press(change_url(page), "_plan_publish", title="Planned", why="Later", **DECEMBER_3)
        assert "Planned: published on Dec 3, 2026, 9:00 AM." in answer.content.decode()
        assert status(soup, answer)[1] == (
            "On Dec 3, 2026, 9:00 AM the draft below is published. Planned by pip. Cancel this plan"
        )
        assert Page.objects.get().live_title == "Sciatica"
        answer = press(change_url(page), "_continue", title="Something else")
        assert status(soup, answer)[1] == (
            "On Dec 3, 2026, 9:00 AM the text saved on Nov 23, 2026, 12:00 PM is published. Planned by pip. The draft "
            "below says something else and is not part of it. Cancel this plan"
        )

    def test_the_clinics_clock_counts(self, press, page):
        press(change_url(page), "_plan_publish", title="Planned", why="Later", **DECEMBER_3)
        assert PlannedChange.objects.get().at == datetime.datetime(2026, 12, 3, 14, 0, tzinfo=datetime.UTC)

    def test_canceling(self, press, page):
        press(change_url(page), "_plan_publish", title="Planned", why="Later", **DECEMBER_3)
        plan = PlannedChange.objects.get()
        answer = press(change_url(page), "_cancel_plan", _cancel_plan=str(plan.pk))
        # press() sends "Go" as the button's value: a plan that nobody knows.
        assert "That plan was done or canceled already." in answer.content.decode()

    @pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40, "1e3", "²"])
    def test_a_forged_plan_cancels_nothing(self, editor, press, page, soup, typed):
        press(change_url(page), "_plan_publish", title="Planned", why="Later", **DECEMBER_3)
        data = form_data(soup.parse(editor.get(change_url(page)).content.decode()))
        answer = editor.post(change_url(page), data | {"_cancel_plan": typed}, follow=True)
        assert "That plan was done or canceled already." in answer.content.decode()
        assert PlannedChange.objects.get().state == PlanState.WAITING

    def test_the_cancel_button_cancels(self, editor, press, page, soup):
        answer = press(change_url(page), "_plan_publish", title="Planned", why="Later", **DECEMBER_3)
        button = re.search(r'name="_cancel_plan" value="(\d+)"', answer.content.decode())[1]
        data = form_data(soup.parse(editor.get(change_url(page)).content.decode()))
        answer = editor.post(change_url(page), data | {"_cancel_plan": button}, follow=True)
        assert "The plan is canceled. The draft is saved." in answer.content.decode()
        assert PlannedChange.objects.get().state == PlanState.CANCELLED

    @pytest.mark.parametrize(
        ("typed", "target", "words"),
        [
            ({}, "#id_plan-day", "Choose a date."),
            ({"plan-day": "2026-12-03"}, "#id_plan-time", "Choose a time."),
            ({"plan-day": "2026-02-30"}, "#id_plan-day", "This is not a date. Write it like 12/03/2026."),
            ({"plan-time": "25:00"}, "#id_plan-time", "This is not a time. Write it like 9:00 AM."),
            ({"plan-day": "2026-11-22"}, "#id_plan-day", "This time is over. Choose one that is still to come."),
            ({"plan-day": "9999-12-31"}, "#id_plan-day", "Choose a time within the next two years."),
            ({"plan-day": "0001-01-01"}, "#id_plan-day", "This time is over. Choose one that is still to come."),
            ({"plan-day": "2027-03-14", "plan-time": "02:30"}, "#id_plan-day", "There is no 2:30 am on March 14, 2027"),
        ],
    )
    def test_impossible_times_keep_what_was_typed(self, press, page, soup, typed, target, words):
        typed = ({"plan-day": "2026-12-03", "plan-time": "09:00"} | typed) if typed else {}
        if typed == DECEMBER_3:
            del typed["plan-time"]
        answer = press(change_url(page), "_plan_publish", title="Typed", why="My reason", **typed)
        html = answer.content.decode()
        listed = listed_problems(soup.parse(html))
        assert [link for link, _text in listed][:1] == [target]
        assert listed[0][1].startswith(words)
        assert "Nothing is planned yet" in html
        assert 'value="My reason"' in html
        if "plan-day" in typed:
            assert f'value="{typed["plan-day"]}"' in html
        assert not PlannedChange.objects.exists()
        assert Page.objects.get().title == "Typed"

    def test_the_hour_that_comes_twice_is_said(self, press, page):
        answer = press(
            change_url(page),
            "_plan_publish",
            title="New",
            why="x",
            **{"plan-day": "2027-11-07", "plan-time": "1:30 AM"},
        )
        assert (
            "Planned: published on Nov 7, 2027, 1:30 AM EDT. That night the clock shows 1:30 am twice. It happens at "
            "the first of the two." in answer.content.decode()
        )

    def test_what_failed_is_said_until_it_is_mended(self, press, page, soup, client, time_machine):
        press(change_url(page), "_plan_publish", title="Planned", why="Later", **DECEMBER_3)
        make_clinic(pages_need_review=True)
        at = datetime.datetime(2026, 12, 3, 14, 0, tzinfo=datetime.UTC)
        assert run_due_plans(now=at) == (0, 1)
        time_machine.move_to(at, tick=False)
        make_clinic(pages_need_review=False)
        client.force_login(User.objects.get(username="pip"))
        answer = press(change_url(page), "_continue")
        words = "What was planned for Dec 3, 2026, 9:00 AM could not be done: Ask a clinician to check this text."
        assert words in status(soup, answer)
        answer = press(change_url(page), "_publish", why="By hand")
        assert words not in status(soup, answer)


class TestWhoMay:
    PRESSES = ("_publish", "_plan_publish", "_unpublish", "_plan_unpublish", "_cancel_plan")

    @pytest.mark.parametrize("button", PRESSES)
    @pytest.mark.parametrize("make", [make_editor, make_reviewer, make_front_desk])
    def test_a_forged_press_changes_nothing(self, client, soup, page, make, button):
        publisher = make_publisher()
        Page.objects.update(title="Draft")
        plan_publish(page=page, at=MONDAY_NOON + DAY, by=publisher, why="Later", now=MONDAY_NOON)
        client.force_login(publisher)
        data = form_data(soup.parse(client.get(change_url(page)).content.decode()))
        before = (list(Page.objects.values()), list(PlannedChange.objects.values()), page.versions.count())
        client.force_login(make())
        plan = PlannedChange.objects.get()
        forged = {"title": "Forged", "why": "x", button: str(plan.pk), "off-day": "2026-12-24", "off-time": "18:00"}
        assert client.post(change_url(page), data | forged | DECEMBER_3).status_code == 403
        assert (list(Page.objects.values()), list(PlannedChange.objects.values()), page.versions.count()) == before

    def test_a_new_page_cannot_be_published_past_the_permission(self, client):
        client.force_login(make_editor())
        answer = client.post("/admin/content/condition/add/", {"title": "x", "slug": "x", "_publish": "1"})
        assert answer.status_code == 403
        assert not Page.objects.exists()

    def test_an_editor_sees_no_such_button_and_reads_who_publishes(self, client, soup, page):
        make_publisher(first_name="Pip", last_name="Sample")
        client.force_login(make_editor())
        answer = client.get(change_url(page))
        assert buttons(soup, answer) == {"_continue", "_ask"}
        assert "You save drafts and ask for checks. These people publish: Pip Sample." in answer.content.decode()

    def test_a_reader_sees_what_happens_and_no_button(self, client, soup, page):
        Page.objects.update(title="Draft")
        plan_publish(page=page, at=MONDAY_NOON + DAY, by=None, why="Later", now=MONDAY_NOON)
        client.force_login(make_reviewer())
        answer = client.get(change_url(page))
        assert buttons(soup, answer) == set()
        assert "On Nov 24, 2026, 12:00 PM the draft below is published." in answer.content.decode()
        assert f'href="{change_url(page).replace("change", "check")}"' in answer.content.decode()

    @pytest.mark.parametrize("make", [make_treatment, make_article, make_info, make_glossary])
    def test_every_kind_has_the_same_buttons(self, editor, soup, make):
        page = make(published=True)
        assert buttons(soup, editor.get(change_url(page))) == {"_continue", "_ask", *self.PRESSES} - {"_cancel_plan"}

    def test_enter_in_a_field_saves_the_draft(self, editor, soup, page):
        """Browsers press the first button of a form: that must never be one that does more."""
        root = soup.parse(editor.get(change_url(page)).content.decode())
        form = next(e for e in root.iter("form") if e.attrib.get("id") == "condition_form")
        first = next(e for e in form.iter() if e.attrib.get("type") == "submit")
        assert first.attrib["name"] == "_continue"


class TestAskingForACheck:
    def test_the_draft_is_saved_and_the_question_stands_in_the_status(self, press, page, soup):
        doctor = make_clinician(name="Casey Specimen", credentials="MD")
        answer = press(change_url(page), "_ask", title="Newer", **{"ask-of": str(doctor.pk), "ask-note": "The dose"})
        assert "The draft is saved, and Casey Specimen, MD is asked to check it." in answer.content.decode()
        assert status(soup, answer)[1] == (
            "Waits since Nov 23, 2026 for a check by Casey Specimen, MD. Take this request back"
        )
        asked = open_request(page)
        assert (asked.version.data["title"], asked.note, asked.asked_of) == ("Newer", "The dose", doctor)
        answer = press(change_url(page), "_withdraw_check")
        assert "Nobody is asked to check it now." in answer.content.decode()

    def test_nobody_can_answer_yet(self, press, page, soup):
        answer = press(change_url(page), "_ask", **{"ask-note": "Typed"})
        assert listed_problems(soup.parse(answer.content.decode()))[0][0] == "#ask"
        assert 'value="Typed"' in answer.content.decode()

    @pytest.mark.parametrize("of", ["x", "999999", "-1"])
    def test_a_forged_person(self, press, page, of):
        make_clinician()
        assert "Nobody is asked yet" in press(change_url(page), "_ask", **{"ask-of": of}).content.decode()
        assert not ReviewRequest.objects.exists()

    def test_the_answer_is_in_the_status(self, press, page, soup):
        doctor = make_clinician(name="Casey Specimen", credentials="MD")
        want_changes(page=page, version=page.versions.get(), by=doctor, note="Too sure", now=MONDAY_NOON)
        assert "Casey Specimen, MD asked for changes on Nov 23, 2026: “Too sure”" in status(
            soup, press(change_url(page), "_continue")
        )

    def test_a_warning_before_the_line_is_lost(self, press, editor, soup):
        make_clinic(is_sample=False)
        publish_flags()
        page = make_condition()
        check_page(page, by=make_clinician(name="Casey Specimen", credentials="MD"))
        publish_page(page)
        assert "Casey Specimen, MD checked exactly this text on Nov 16, 2026." in status(
            soup, editor.get(change_url(page))
        )
        answer = press(change_url(page), "_continue", title="Another text")
        assert (
            "Patients read “Checked by Casey Specimen”. The draft is another text: published without a new check, the "
            "page no longer says so." in status(soup, answer)
        )

    def test_a_check_after_publishing_shows_with_the_next_publishing(self, editor, soup, page):
        check_page(page, now=MONDAY_NOON)
        assert "publish it once more and the page says by whom" in editor.get(change_url(page)).content.decode()
        assert waiting(page) == {}


# The draft is read once: its status, its problems and its advice are of that.
QUERIES = {make_condition: 56, make_treatment: 52, make_article: 54, make_info: 52, make_glossary: 54}


@pytest.mark.parametrize("make", QUERIES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("plans", [0, 2])
def test_queries_of_the_form(editor, django_assert_num_queries, make, plans):
    page = make(published=True)
    if plans:
        Page.objects.filter(pk=page.pk).update(title="Draft")
        plan_publish(page=page, at=MONDAY_NOON + DAY, by=None, why="Later", now=MONDAY_NOON)
        plan_unpublish(page=page, at=MONDAY_NOON + 2 * DAY, by=None, why="", now=MONDAY_NOON)
    editor.get(change_url(page))
    with django_assert_num_queries(QUERIES[make]):
        assert editor.get(change_url(page)).status_code == 200
