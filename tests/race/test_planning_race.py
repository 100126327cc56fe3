"""Workers, publishers and second people at the same moment: every plan and every proposal is done once."""

import datetime
import threading

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from content import safety_publishing
from content.editing import planning
from content.editing.planning import plan_publish, plan_unpublish, run_due_plans
from content.errors import NotDecided
from content.models import Page, PlannedChange, RedFlag, SafetyVersion
from content.publishing import publish
from content.safety_publishing import agree, propose
from content.states import PlanState
from tests.content.factories import make_clinician, make_condition, publish_flags
from tests.factories import MONDAY_NOON, make_clinic
from tests.race.test_publish_race import at_once
from tests.staff import make_publisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
RACERS = 4
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def signs():
    make_clinic()
    publish_flags()


def planned_pages(count):
    pages = [make_condition(published=True) for _ in range(count)]
    for page in pages:
        Page.objects.filter(pk=page.pk).update(title=f"Planned {page.pk}")
        plan_publish(page=page, at=MONDAY_NOON + DAY, by=None, why="Later", now=MONDAY_NOON)
        plan_unpublish(page=page, at=MONDAY_NOON + 2 * DAY, by=None, why="", now=MONDAY_NOON)
    return pages


def kinds(page):
    return list(page.versions.order_by("number").values_list("kind", flat=True))


def test_workers_do_each_plan_once_and_in_order():
    pages = planned_pages(4)
    done = []
    assert at_once(lambda: done.append(run_due_plans(now=MONDAY_NOON + 3 * DAY))) == []
    assert [sum(counts) for counts in zip(*done, strict=True)] == [8, 0]
    for page in pages:
        assert kinds(page) == ["published", "saved", "published", "off"]
    assert not PlannedChange.objects.exclude(state=PlanState.DONE).exists()


@pytest.mark.only_on("postgresql", reason="SQLite serializes whole transactions.")
@pytest.mark.parametrize(("guarded", "times"), [(True, 1), (False, RACERS)])
def test_lock_and_compare_are_what_keeps_it_to_once(monkeypatch, guarded, times):
    """Negative control: workers that look, and then do."""
    planned_pages(1)
    barrier, calls = threading.Barrier(RACERS), []

    def look(pk, state, now):
        still_waits = PlannedChange.objects.filter(pk=pk, state=PlanState.WAITING).exists()
        barrier.wait(30)
        return still_waits

    monkeypatch.setattr(planning, "publish", lambda **_: calls.append(1))
    if not guarded:
        monkeypatch.setattr(planning, "_end", look)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    assert at_once(lambda: run_due_plans(now=MONDAY_NOON + DAY)) == []
    assert len(calls) == times


def test_a_publisher_against_the_worker():
    """By hand always wins: the plan was done before, or it is canceled."""
    for _ in range(3):
        [page] = planned_pages(1)
        actions = iter(
            [
                lambda page=page: publish(page=page, by=None, why="By hand", now=MONDAY_NOON + DAY),
                lambda: run_due_plans(now=MONDAY_NOON + DAY),
                lambda: None,
                lambda: None,
            ]
        )
        guard = threading.Lock()

        def next_action(actions=actions, guard=guard):
            with guard:
                action = next(actions)
            action()

        assert at_once(next_action) == []
        plan = PlannedChange.objects.get(page=page.pk, action="publish")
        published = page.versions.filter(kind="published").order_by("-number")
        assert published.first().why == "By hand"
        assert (plan.state, published.count()) in {(PlanState.DONE, 3), (PlanState.CANCELLED, 2)}


def test_two_people_who_agree_at_once_make_one_version():
    proposers, doctors = make_publisher(), [make_clinician(f"doctor{n}") for n in range(RACERS)]
    RedFlag.objects.filter(key="bladder").update(text="new words")
    proposal = propose(by=proposers, why="Clearer", now=MONDAY_NOON)
    waiting = list(doctors)
    errors = at_once(lambda: agree(pk=proposal.pk, by=waiting.pop(), now=MONDAY_NOON))
    assert [type(error) for error in errors] == [NotDecided] * (RACERS - 1)
    assert SafetyVersion.objects.count() == 2


@pytest.mark.only_on("postgresql", reason="SQLite serializes whole transactions.")
def test_without_the_lock_two_people_collide(monkeypatch):
    """Negative control."""
    doctors = [make_clinician(f"doctor{n}") for n in range(RACERS)]
    RedFlag.objects.filter(key="bladder").update(text="new words")
    proposal = propose(by=make_publisher(), why="Clearer", now=MONDAY_NOON)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    barrier, real = threading.Barrier(RACERS), safety_publishing.why_not_agree

    def meet(proposal, user):
        answer = real(proposal, user)
        barrier.wait(30)
        return answer

    monkeypatch.setattr(safety_publishing, "why_not_agree", meet)
    errors = at_once(lambda: agree(pk=proposal.pk, by=doctors.pop(), now=MONDAY_NOON))
    assert NotDecided not in map(type, errors)
    assert IntegrityError in map(type, errors)


def test_two_proposals_at_once():
    people = [make_publisher(f"pip{n}") for n in range(RACERS)]
    RedFlag.objects.filter(key="bladder").update(text="new words")
    errors = at_once(lambda: propose(by=people.pop(), why="Clearer", now=MONDAY_NOON))
    assert [type(error) for error in errors] == [NotDecided] * (RACERS - 1)
