"""Checks by clinicians: of exactly one text, by somebody with a license and a sign-in, and shown only then."""

import datetime

import pytest

from clinic.models import OutgoingMessage, Practitioner
from content.drafts import draft_data
from content.editing.reviewing import approve, ask_for_check, open_request, want_changes, withdraw
from content.editing.saving import keep_draft
from content.errors import AppendOnlyError, NotAllowed, NotChecked, NotPublishable
from content.models import Page, PageReview, PageVersion, ReviewRequest
from content.publishing import page_draft_problems, publish, unpublish
from tests.content.factories import (
    check_page,
    make_article,
    make_clinician,
    make_condition,
    publish_flags,
    publish_page,
)
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner
from tests.staff import make_editor, make_reviewer, make_superuser

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = MONDAY_NOON.date()
IN_A_YEAR = TODAY + datetime.timedelta(days=365)


@pytest.fixture(autouse=True)
def clinic():
    return make_clinic(is_sample=False)


@pytest.fixture
def doctor():
    return make_clinician(name="Casey Specimen")


@pytest.fixture
def page():
    publish_flags()
    return make_condition(slug="sciatica")


def saved(page):
    return keep_draft(page=page, by=None, now=MONDAY_NOON)


def live_review(page):
    data = Page.objects.get(pk=page.pk).live_version.data
    return (data["reviewer"] or {}).get("name"), data["last_reviewed"], data["next_review"]


def retitle(page, title):
    Page.objects.filter(pk=page.pk).update(title=title)


class TestWhoMayCheck:
    def attempt(self, page, user):
        return approve(page=page, version=saved(page), by=user, next_review=IN_A_YEAR, now=MONDAY_NOON)

    @pytest.mark.parametrize("make", [make_editor, make_reviewer, make_superuser])
    def test_nobody_without_a_linked_clinician(self, page, make):
        with pytest.raises(NotAllowed):
            self.attempt(page, make())

    def test_a_link_without_the_permission_is_not_enough(self, page):
        editor = make_editor()
        make_practitioner(user=editor)
        with pytest.raises(NotAllowed):
            self.attempt(page, editor)

    @pytest.mark.parametrize("gone", ["user", "practitioner"])
    def test_nobody_who_has_left(self, page, doctor, gone):
        if gone == "user":
            doctor.is_active = False
        else:
            Practitioner.objects.filter(user=doctor).update(is_active=False)
        with pytest.raises(NotAllowed):
            self.attempt(page, doctor)
        with pytest.raises(NotAllowed):
            want_changes(page=page, version=saved(page), by=doctor, note="x", now=MONDAY_NOON)
        assert not PageReview.objects.exists()

    def test_a_linked_clinician(self, page, doctor):
        review = self.attempt(page, doctor)
        assert (review.practitioner.name, review.by) == ("Casey Specimen", doctor)
        page.refresh_from_db()
        assert (page.reviewer.name, page.last_reviewed, page.next_review) == ("Casey Specimen", TODAY, IN_A_YEAR)


class TestWhatACheckCovers:
    def test_exactly_the_text_that_was_read(self, page, doctor):
        check_page(page, by=doctor, now=MONDAY_NOON, next_review=IN_A_YEAR)
        publish_page(page)
        assert live_review(page) == ("Casey Specimen", "2026-11-23", "2027-11-23")

    def test_a_later_edit_loses_the_line_and_its_old_text_gets_it_back(self, page, doctor):
        old = page.title
        check_page(page, by=doctor, now=MONDAY_NOON)
        publish_page(page)
        retitle(page, "Another title")
        publish_page(page, now=MONDAY_NOON + DAY)
        assert live_review(page) == (None, None, None)
        retitle(page, old)
        publish_page(page, now=MONDAY_NOON + 2 * DAY)
        assert live_review(page)[0] == "Casey Specimen"

    def test_what_no_patient_reads_as_text_does_not_count(self, page, doctor):
        check_page(page, by=doctor, now=MONDAY_NOON)
        Page.objects.filter(pk=page.pk).update(order=7, search_words="lumbago", author=make_practitioner())
        publish_page(page)
        assert live_review(page)[0] == "Casey Specimen"

    def test_line_breaks_as_browsers_send_them_are_the_same_text(self, page, doctor):
        check_page(page, by=doctor, now=MONDAY_NOON)
        section = page.sections.get(key="self_care")
        section.do = section.do.replace("\n", "\r\n")
        section.save()
        assert draft_data(page.pk)["reviewer"]["name"] == "Casey Specimen"

    def test_the_reviewer_columns_of_the_draft_show_nothing(self, page):
        """Whoever writes them with raw SQL or a shell claims nothing by it."""
        Page.objects.filter(pk=page.pk).update(reviewer=make_practitioner(), last_reviewed=TODAY, next_review=IN_A_YEAR)
        publish_page(page)
        assert live_review(page) == (None, None, None)

    def test_the_newest_answer_to_a_text_wins(self, page, doctor):
        version = check_page(page, by=doctor, now=MONDAY_NOON).version
        want_changes(page=page, version=version, by=doctor, note="Too sure", now=MONDAY_NOON + DAY)
        publish_page(page, now=MONDAY_NOON + DAY)
        assert live_review(page) == (None, None, None)

    def test_another_page_with_the_same_words_is_not_checked(self, page, doctor):
        check_page(page, by=doctor, now=MONDAY_NOON)
        version = page.versions.get()
        with pytest.raises(PageVersion.DoesNotExist):
            approve(page=make_article(), version=version, by=doctor, next_review=IN_A_YEAR, now=MONDAY_NOON)

    def test_the_day_is_the_clinics(self, page, doctor):
        check_page(page, by=doctor, now=datetime.datetime(2026, 11, 24, 3, 0, tzinfo=datetime.UTC))
        publish_page(page)
        assert live_review(page)[1] == "2026-11-23"

    def test_answers_are_never_changed(self, page, doctor):
        review = check_page(page, by=doctor, now=MONDAY_NOON)
        review.verdict = "changes"
        with pytest.raises(AppendOnlyError):
            review.save()


class TestDates:
    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (0, "The next check must be after today."),
            (-1, "The next check must be after today."),
            (1097, "The next check must be within three years."),
            (None, "Say when the page must be checked again."),
        ],
    )
    def test_impossible_ones(self, page, doctor, days, words):
        due = None if days is None else TODAY + datetime.timedelta(days=days)
        with pytest.raises(NotChecked) as refused:
            approve(page=page, version=saved(page), by=doctor, next_review=due, now=MONDAY_NOON)
        assert [problem.text for problem in refused.value.problems] == [words]
        assert not PageReview.objects.exists()

    @pytest.mark.parametrize("days", [1, 1096])
    def test_possible_ones(self, page, doctor, days):
        due = TODAY + datetime.timedelta(days=days)
        assert approve(page=page, version=saved(page), by=doctor, next_review=due, now=MONDAY_NOON).next_review == due


class TestAsking:
    def test_everybody_who_can_answer_gets_a_mail(self, page, doctor):
        other = make_clinician("ann")
        make_reviewer("not-linked")
        asked = ask_for_check(page=page, of=None, note=" dosage ", by=make_editor(), now=MONDAY_NOON)
        assert (asked.note, asked.version) == ("dosage", page.versions.get())
        keys = set(OutgoingMessage.objects.values_list("key", flat=True))
        assert keys == {f"check_asked:{asked.pk}:{user.pk}" for user in (doctor, other)}

    def test_one_person_alone(self, page, doctor):
        make_clinician("ann")
        asked = ask_for_check(page=page, of=doctor, note="", by=make_editor(), now=MONDAY_NOON)
        assert OutgoingMessage.objects.get().key == f"check_asked:{asked.pk}:{doctor.pk}"

    def test_nobody_who_could_not_answer(self, page):
        with pytest.raises(NotChecked) as refused:
            ask_for_check(page=page, of=None, note="", by=make_editor(), now=MONDAY_NOON)
        assert refused.value.problems[0].text.startswith("Nobody can check pages yet.")
        make_clinician()
        with pytest.raises(NotChecked):
            ask_for_check(page=page, of=make_reviewer("not-linked"), note="", by=None, now=MONDAY_NOON)
        assert not ReviewRequest.objects.exists()

    def test_asking_again_is_about_the_newer_text(self, page, doctor):
        first = ask_for_check(page=page, of=None, note="", by=None, now=MONDAY_NOON)
        retitle(page, "Another title")
        second = ask_for_check(page=page, of=None, note="", by=None, now=MONDAY_NOON + DAY)
        assert open_request(page) == second
        assert second.version != first.version
        want_changes(page=page, version=first.version, by=doctor, note="x", now=MONDAY_NOON + DAY)
        assert open_request(page) == second

    def test_the_answer_closes_it_and_tells_who_asked(self, page, doctor):
        eddy = make_editor()
        asked = ask_for_check(page=page, of=None, note="", by=eddy, now=MONDAY_NOON)
        review = want_changes(page=page, version=asked.version, by=doctor, note="Too sure", now=MONDAY_NOON + DAY)
        assert open_request(page) is None
        assert OutgoingMessage.objects.get(kind="check_answered").key == f"check_answered:{review.pk}:{eddy.pk}"

    def test_taking_it_back(self, page, doctor):
        ask_for_check(page=page, of=None, note="", by=None, now=MONDAY_NOON)
        assert withdraw(page=page, by=None, now=MONDAY_NOON)
        assert not withdraw(page=page, by=None, now=MONDAY_NOON)
        assert open_request(page) is None

    def test_changes_need_words(self, page, doctor):
        with pytest.raises(NotChecked):
            want_changes(page=page, version=saved(page), by=doctor, note=" ", now=MONDAY_NOON)


class TestWhereEveryPageIsChecked:
    @pytest.fixture(autouse=True)
    def needed(self, clinic):
        make_clinic(is_sample=False, pages_need_review=True)

    def words(self, page, now=MONDAY_NOON):
        return [problem.text for problem in page_draft_problems(page, now=now)]

    def test_a_text_that_nobody_checked(self, page):
        assert self.words(page) == ["Ask a clinician to check this text."]
        with pytest.raises(NotPublishable):
            publish(page=page, by=None, why="", now=MONDAY_NOON)

    def test_another_text_than_the_checked_one(self, page, doctor):
        check_page(page, by=doctor, now=datetime.datetime(2026, 5, 3, 17, 0, tzinfo=datetime.UTC))
        retitle(page, "Another title")
        assert self.words(page) == [
            "Ask a clinician to check this text. What they checked on May 3, 2026 was another text."
        ]

    def test_a_check_that_is_too_old(self, page, doctor):
        check_page(page, by=doctor, now=MONDAY_NOON, next_review=TODAY + DAY)
        assert self.words(page) == []
        assert self.words(page, now=MONDAY_NOON + DAY) == [
            "Ask a clinician to check this text again: the next check was due on November 24, 2026."
        ]

    def test_exactly_this_text(self, page, doctor):
        check_page(page, by=doctor, now=MONDAY_NOON)
        publish(page=page, by=None, why="", now=MONDAY_NOON)
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)


def test_a_sample_clinic_shows_no_review_to_anybody(page, doctor, client, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic(is_sample=True)
    check_page(page, by=doctor, now=MONDAY_NOON)
    publish_page(page)
    html = client.get("/conditions/sciatica/").content.decode()
    assert "Casey" not in html
    make_clinic(is_sample=False)
    html = client.get("/conditions/sciatica/").content.decode()
    assert '"reviewedBy"' in html
    assert "Casey Specimen" in html
