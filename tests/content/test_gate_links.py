"""The gate asks whether links within the site lead anywhere: by hand, in a plan, when its time comes, on the form."""

import datetime

import pytest
from django.urls import reverse

from content.editing.links import known_addresses
from content.editing.planning import plan_publish, run_due_plans
from content.errors import NotPublishable
from content.models import Page, Section
from content.publishing import page_draft_problems, publish, unpublish
from tests.content.factories import make_article, make_treatment, publish_flags
from tests.content.reading import listed_problems
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HEAT = "/treatments/heat/"
NOWHERE = f"The link to {HEAT} leads nowhere. Correct it, or take it out."
NOT_YET = f"The link to {HEAT} leads to a page that patients cannot see yet."


@pytest.fixture(autouse=True)
def clinic():
    make_clinic()
    publish_flags()


def link_to(page, address):
    Section.objects.filter(page=page, order=0).update(body=f'<p>Read about <a href="{address}">heat</a>.</p>')


@pytest.fixture
def page():
    page = make_article(slug="moves")
    link_to(page, HEAT)
    return page


def publishing(page, **more):
    return publish(page=page, by=None, why="Test", now=MONDAY_NOON, **more)


def refusals(action):
    with pytest.raises(NotPublishable) as refused:
        action()
    return [(problem.field, problem.text) for problem in refused.value.problems]


def test_by_hand(page):
    assert refusals(lambda: publishing(page)) == [("sections-0-body", NOWHERE)]
    heat = make_treatment(slug="heat")
    assert refusals(lambda: publishing(page)) == [("sections-0-body", NOT_YET)]
    publishing(heat)
    publishing(page)
    assert Page.objects.get(pk=page.pk).live_version


def test_in_a_plan(page):
    def plan():
        return plan_publish(page=page, at=MONDAY_NOON + DAY, by=None, why="", now=MONDAY_NOON)

    assert refusals(plan) == [("sections-0-body", NOWHERE)]
    make_treatment(slug="heat", published=True)
    plan()
    assert run_due_plans(now=MONDAY_NOON + DAY) == (1, 0)


def test_when_the_time_of_a_plan_comes(page):
    heat = make_treatment(slug="heat", published=True)
    plan = plan_publish(page=page, at=MONDAY_NOON + DAY, by=None, why="", now=MONDAY_NOON)
    unpublish(page=heat, by=None, why="", now=MONDAY_NOON)
    assert run_due_plans(now=MONDAY_NOON + DAY) == (0, 1)
    plan.refresh_from_db()
    assert plan.problem == NOT_YET
    assert Page.objects.get(pk=page.pk).live_version is None


def test_on_the_form(page, client, soup):
    assert [problem.text for problem in page_draft_problems(page)] == [NOWHERE]
    client.force_login(make_editor())
    answer = client.get(reverse("admin:content_article_change", args=[page.pk]))
    assert listed_problems(soup.parse(answer.content.decode())) == [("#id_sections-0-body", NOWHERE)]


class TestPagesThatGoLiveTogether:
    def pages(self):
        heat = make_treatment(slug="heat")
        link_to(heat, "/articles/moves/#sources")
        moves = make_article(slug="moves")
        link_to(moves, f"{HEAT}#risks")
        return heat, moves

    def test_each_may_link_to_the_others(self):
        pages = self.pages()
        known = known_addresses(together=[page.pk for page in pages])
        for page in pages:
            publishing(page, known=known)
        assert [page_draft_problems(page) for page in pages] == [[], []]

    def test_and_to_nothing_that_is_not_there_then(self):
        heat, moves = self.pages()
        link_to(moves, f"{HEAT}#nowhere")
        known = known_addresses(together=[heat.pk, moves.pk])
        assert refusals(lambda: publishing(moves, known=known)) == [
            (
                "sections-0-body",
                f"The page of the link {HEAT}#nowhere has no such place. Take away what stands after #.",
            )
        ]

    def test_one_after_the_other_neither_can(self):
        """Negative control."""
        for page in self.pages():
            assert len(refusals(lambda page=page: publishing(page))) == 1
