"""Workers killed while they publish what was planned: all of it or nothing, and the next one ends it."""

import datetime
import signal

import pytest
from django.db import connection

from content.editing.planning import plan_publish, plan_unpublish
from content.models import Page, PageVersion, PlannedChange
from content.states import PlanState, VersionKind
from tests.content.factories import make_condition
from tests.factories import MONDAY_NOON, make_clinic
from tests.planners import run_planner

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture
def page():
    make_clinic()
    page = make_condition(published=True, title="First title")
    Page.objects.filter(pk=page.pk).update(title="Planned title")
    plan_publish(page=page, at=MONDAY_NOON + HOUR, by=None, why="Later", now=MONDAY_NOON)
    plan_unpublish(page=page, at=MONDAY_NOON + DAY, by=None, why="", now=MONDAY_NOON)
    return page


def state():
    """Everything that a worker writes."""
    pages = Page.objects.values("live_title", "live_version", "live_since")
    plans = PlannedChange.objects.order_by("pk").values_list("state", flat=True)
    return list(pages), list(plans), PageVersion.objects.count()


@pytest.mark.parametrize("point", ["marked", "checked", "indexed", "published"])
def test_killed_while_publishing(page, point):
    before = state()
    assert run_planner(MONDAY_NOON + HOUR, point, database=connection) == -signal.SIGKILL
    assert state() == before
    assert run_planner(MONDAY_NOON + HOUR, database=connection) == 0
    assert Page.objects.get().live_title == "Planned title"
    assert page.versions.filter(kind=VersionKind.PUBLISHED).count() == 2


def test_killed_between_publishing_and_taking_off(page):
    """A worker that stood for a day does both; killed in the second, the first stays done and is not done again."""
    assert run_planner(MONDAY_NOON + DAY, "taken off", database=connection) == -signal.SIGKILL
    assert list(PlannedChange.objects.order_by("at").values_list("state", flat=True)) == [
        PlanState.DONE,
        PlanState.WAITING,
    ]
    assert Page.objects.get().live_title == "Planned title"
    assert run_planner(MONDAY_NOON + DAY, database=connection) == 0
    assert Page.objects.get().live_version is None
    kinds = page.versions.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["published", "saved", "published", "off"]


def test_without_the_transaction_half_of_it_would_stay(page):
    """Negative control: the same worker, killed at the same point, without atomic()."""
    assert run_planner(MONDAY_NOON + HOUR, "careless", "checked", database=connection) == -signal.SIGKILL
    assert PlannedChange.objects.order_by("at").first().state == PlanState.DONE
    assert Page.objects.get().live_title == "First title"
