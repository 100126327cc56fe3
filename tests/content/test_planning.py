"""Publishing and taking off at a chosen time: exactly that text, once, in order, or not at all with a reason."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from clinic.models import OutgoingMessage
from content import publishing
from content.editing import planning
from content.editing.planning import cancel_plan, plan_publish, plan_unpublish, run_due_plans
from content.editing.reviewing import want_changes
from content.errors import NotPlanned, NotPublishable
from content.models import Page, PlannedChange
from content.publishing import publish, unpublish
from content.states import PlanState, VersionKind
from tests.content.factories import check_page, make_article, make_clinician, make_condition, make_flag, publish_flags
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_publisher

pytestmark = pytest.mark.django_db
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def clinic():
    return make_clinic()


@pytest.fixture
def pip():
    return make_publisher(email="pip@clinic.example")


@pytest.fixture
def page():
    return make_condition(published=True, title="First title")


def retitle(page, title):
    Page.objects.filter(pk=page.pk).update(title=title)


def plan(page, by, *, at=MONDAY_NOON + DAY, why="Newer", now=MONDAY_NOON):
    return plan_publish(page=page, at=at, by=by, why=why, now=now)


def plan_off(page, by, *, at=MONDAY_NOON + DAY, now=MONDAY_NOON):
    return plan_unpublish(page=page, at=at, by=by, why="", now=now)


def live_title(page):
    return Page.objects.values_list("live_title", flat=True).get(pk=page.pk)


def refusals(action):
    with pytest.raises((NotPlanned, NotPublishable)) as refused:
        action()
    return [problem.text for problem in refused.value.problems]


class TestPlanning:
    def test_nothing_changes_for_patients_until_its_time_and_then_exactly_that_text(self, page, pip):
        retitle(page, "Planned title")
        planned = plan(page, pip)
        retitle(page, "Typed later")
        assert run_due_plans(now=MONDAY_NOON + DAY - datetime.timedelta(seconds=1)) == (0, 0)
        assert live_title(page) == "First title"
        assert run_due_plans(now=MONDAY_NOON + DAY) == (1, 0)
        assert live_title(page) == "Planned title"
        version = Page.objects.get(pk=page.pk).live_version
        assert (version.by, version.why, version.created_at) == (pip, "Newer", MONDAY_NOON + DAY)
        planned.refresh_from_db()
        assert (planned.state, planned.finished_at) == (PlanState.DONE, MONDAY_NOON + DAY)
        assert Page.objects.get(pk=page.pk).title == "Typed later"

    def test_again_does_nothing(self, page, pip):
        retitle(page, "Planned title")
        plan(page, pip)
        run_due_plans(now=MONDAY_NOON + DAY)
        numbers = page.versions.count()
        assert run_due_plans(now=MONDAY_NOON + 2 * DAY) == (0, 0)
        assert page.versions.count() == numbers

    def test_a_text_that_breaks_the_gate_cannot_be_planned_and_nothing_is_kept(self, page, pip):
        Page.objects.filter(pk=page.pk).update(title="New", summary="")
        assert refusals(lambda: plan(page, pip)) == [
            "Write the opening lines: what it is, how it usually goes, what matters most."
        ]
        assert not PlannedChange.objects.exists()

    def test_the_line_for_the_history_is_asked_for_now_not_then(self, page, pip):
        retitle(page, "New")
        assert refusals(lambda: plan(page, pip, why=" ")) == ["Say in a few words what changed and why."]

    def test_what_patients_read_already_needs_no_plan(self, page, pip):
        assert refusals(lambda: plan(page, pip)) == ["Patients read exactly this text already."]
        plan_off(page, pip, at=MONDAY_NOON + HOUR)
        plan(page, pip)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (2, 0)
        assert live_title(page) == "First title"

    def test_a_page_that_patients_do_not_see_cannot_be_taken_off(self, pip):
        draft = make_article()
        publish_flags()
        words = ["Patients do not see this page then, so there is nothing to take off."]
        assert refusals(lambda: plan_off(draft, pip)) == words
        plan(draft, pip, at=MONDAY_NOON + 2 * DAY)
        assert refusals(lambda: plan_off(draft, pip)) == words
        plan_off(draft, pip, at=MONDAY_NOON + 3 * DAY)
        assert run_due_plans(now=MONDAY_NOON + 4 * DAY) == (2, 0)
        assert live_title(draft) == ""

    def test_both_at_one_minute_is_no_order(self, page, pip):
        retitle(page, "New")
        planned = plan(page, pip)
        assert refusals(lambda: plan_off(page, pip)) == [
            "The page is to be published at the same minute. Choose another."
        ]
        cancel_plan(page=page, pk=planned.pk, by=pip, now=MONDAY_NOON)
        plan_off(page, pip)
        assert refusals(lambda: plan(page, pip)) == [
            "The page is to be taken off the site at the same minute. Choose another."
        ]

    def test_a_second_plan_takes_the_place_of_the_first(self, page, pip):
        retitle(page, "One")
        first = plan(page, pip)
        retitle(page, "Two")
        plan(page, pip, at=MONDAY_NOON + 2 * DAY)
        first.refresh_from_db()
        assert first.state == PlanState.CANCELLED
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 0)
        run_due_plans(now=MONDAY_NOON + 2 * DAY)
        assert live_title(page) == "Two"

    def test_the_database_holds_one_of_each(self, page, pip):
        retitle(page, "One")
        waiting = plan(page, pip)
        with pytest.raises(IntegrityError), transaction.atomic():
            PlannedChange.objects.create(
                page=page.page_ptr,
                action=waiting.action,
                version=waiting.version,
                at=MONDAY_NOON,
                created_at=MONDAY_NOON,
            )


class TestCanceling:
    def test_by_hand(self, page, pip):
        retitle(page, "One")
        planned = plan(page, pip)
        assert cancel_plan(page=page, pk=planned.pk, by=pip, now=MONDAY_NOON)
        assert not cancel_plan(page=page, pk=planned.pk, by=pip, now=MONDAY_NOON)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 0)
        assert live_title(page) == "First title"

    def test_not_through_another_page(self, page, pip):
        retitle(page, "One")
        planned = plan(page, pip)
        assert not cancel_plan(page=make_article(), pk=planned.pk, by=pip, now=MONDAY_NOON)
        planned.refresh_from_db()
        assert planned.state == PlanState.WAITING

    def test_publishing_by_hand_cancels_the_older_text_and_keeps_the_end(self, page, pip):
        retitle(page, "Older")
        plan(page, pip)
        plan_off(page, pip, at=MONDAY_NOON + 2 * DAY)
        retitle(page, "By hand")
        publish(page=page, by=pip, why="Now", now=MONDAY_NOON + HOUR)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 0)
        assert live_title(page) == "By hand"
        assert run_due_plans(now=MONDAY_NOON + 2 * DAY) == (1, 0)
        assert live_title(page) == ""

    def test_what_somebody_takes_off_does_not_come_back_by_itself(self, page, pip):
        retitle(page, "Older")
        plan(page, pip)
        unpublish(page=page, by=pip, why="Wrong", now=MONDAY_NOON + HOUR)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 0)
        assert live_title(page) == ""

    def test_what_never_was_on_the_site_stays_off_too(self, pip):
        """The trash takes pages off the site, live or not: nothing that was planned may survive it."""
        draft = make_article()
        publish_flags()
        planned = plan(draft, pip)
        assert unpublish(page=draft, by=pip, why="", now=MONDAY_NOON) is None
        planned.refresh_from_db()
        assert planned.state == PlanState.CANCELLED

    def test_taking_off_by_plan_leaves_the_later_publishing(self, page, pip):
        retitle(page, "Comes back")
        plan_off(page, pip)
        plan(page, pip, at=MONDAY_NOON + 2 * DAY)
        run_due_plans(now=MONDAY_NOON + DAY)
        assert live_title(page) == ""
        run_due_plans(now=MONDAY_NOON + 2 * DAY)
        assert live_title(page) == "Comes back"


class TestWhoPlannedIt:
    @pytest.fixture(params=["left", "lost the group", "is no staff"])
    def part(self, request, pip):
        def left():
            type(pip).objects.filter(pk=pip.pk).update(is_active=False)

        def no_staff():
            type(pip).objects.filter(pk=pip.pk).update(is_staff=False)

        ways = {"left": left, "lost the group": pip.groups.clear, "is no staff": no_staff}
        return ways[request.param]

    def test_nothing_goes_live_or_away_for_somebody_who_may_not_publish_any_more(self, page, pip, part):
        other = make_article(published=True, title="Other title")
        publisher = make_publisher("pat", email="pat@clinic.example")
        retitle(page, "Planned title")
        planned = plan(page, pip)
        plan_off(other, pip)
        part()
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 2)
        assert (live_title(page), live_title(other)) == ("First title", "Other title")
        planned.refresh_from_db()
        assert planned.state == PlanState.FAILED
        words = "Whoever planned it may not publish pages any more. Somebody else must plan it again."
        assert planned.problem == words
        assert OutgoingMessage.objects.filter(key__endswith=f":{publisher.pk}").count() == 2


class TestAWorkerThatStood:
    def test_everything_is_done_once_in_order_with_the_real_time(self, page, pip):
        other = make_article(published=True, title="Other")
        retitle(page, "On")
        plan(page, pip, at=MONDAY_NOON + HOUR)
        plan_off(page, pip, at=MONDAY_NOON + 3 * HOUR)
        plan_off(other, pip, at=MONDAY_NOON + 2 * HOUR)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (3, 0)
        kinds = list(page.versions.order_by("number").values_list("kind", "created_at"))
        assert kinds[-2:] == [(VersionKind.PUBLISHED, MONDAY_NOON + DAY), (VersionKind.OFF, MONDAY_NOON + DAY)]
        assert {live_title(page), live_title(other)} == {""}


class TestAPlanThatCannotBeDone:
    @pytest.fixture
    def broken(self, page, pip):
        """A plan whose emergency sign is gone from the library when its time comes."""
        publish_flags("bladder", "fever", "neck-cord")
        page.red_flags.set([make_flag("neck-cord")])
        retitle(page, "Planned title")
        planned = plan(page, pip)
        make_flag("neck-cord").__class__.objects.filter(key="neck-cord").update(group="soon")
        publishing.publish_safety_library(by=None, why="Less", now=MONDAY_NOON)
        return planned

    def test_says_why_and_the_page_stays_as_it_is(self, broken, page):
        before = Page.objects.values().get(pk=page.pk)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 1)
        broken.refresh_from_db()
        assert broken.state == PlanState.FAILED
        assert broken.problem.startswith("Choose at least one published emergency sign")
        assert Page.objects.values().get(pk=page.pk) == before

    def test_others_go_on(self, broken, pip):
        other = make_article(published=True)
        retitle(other, "Newer")
        plan(other, pip, at=MONDAY_NOON + DAY + HOUR)
        assert run_due_plans(now=MONDAY_NOON + 2 * DAY) == (1, 1)
        assert live_title(other) == "Newer"

    def test_owner_planner_and_publishers_are_told_once(self, broken, page, pip):
        owner = make_publisher(username="olga", email="olga@clinic.example")
        Page.objects.filter(pk=page.pk).update(owner=owner)
        run_due_plans(now=MONDAY_NOON + DAY)
        keys = set(OutgoingMessage.objects.values_list("key", flat=True))
        assert keys == {f"plan_failed:{broken.pk}:{user.pk}" for user in (owner, pip)}

    def test_a_fault_of_ours_fails_this_plan_alone(self, page, pip, monkeypatch, log_lines):
        retitle(page, "Planned title")
        planned = plan(page, pip)
        other = make_article(published=True)
        plan_off(other, pip, at=MONDAY_NOON + DAY)

        def broken(**_):
            raise RuntimeError("canary-text")

        monkeypatch.setattr(planning, "publish", broken)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (1, 1)
        planned.refresh_from_db()
        assert planned.problem.startswith("Something went wrong inside the site.")
        assert not [line for line in log_lines if "canary-text" in line]

    def test_a_page_in_the_trash_is_not_published(self, page, pip):
        retitle(page, "Planned title")
        planned = plan(page, pip)
        # As an import or raw SQL would leave it: the plan still waits.
        Page.objects.filter(pk=page.pk).update(live_version=None, live_since=None, live_slug="", trashed_at=MONDAY_NOON)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 1)
        planned.refresh_from_db()
        assert planned.problem == "This page is in the trash. Take it out first."


class TestWithChecks:
    @pytest.fixture(autouse=True)
    def checks_needed(self, clinic):
        make_clinic(pages_need_review=True)

    @pytest.fixture
    def page(self, checks_needed):
        publish_flags()
        page = make_condition(title="First title")
        check_page(page)
        publish(page=page, by=None, why="", now=MONDAY_NOON)
        return page

    def test_only_a_checked_text_can_be_planned(self, page, pip):
        retitle(page, "Unchecked")
        assert refusals(lambda: plan(page, pip)) == [
            "Ask a clinician to check this text. What they checked on November 16, 2026 was another text."
        ]

    def test_the_check_must_still_stand_then(self, page, pip):
        retitle(page, "Checked")
        doctor = make_clinician("doc")
        due = (MONDAY_NOON + 10 * DAY).date()
        version = check_page(page, by=doctor, now=MONDAY_NOON, next_review=due).version
        assert refusals(lambda: plan(page, pip, at=MONDAY_NOON + 11 * DAY)) == [
            "Ask a clinician to check this text again: the next check was due on December 3, 2026."
        ]
        planned = plan(page, pip)
        want_changes(page=page, version=version, by=doctor, note="No", now=MONDAY_NOON + HOUR)
        assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 1)
        planned.refresh_from_db()
        assert planned.problem == "A clinician asked for changes in exactly this text. Change it and ask again."
        assert live_title(page) == "First title"
