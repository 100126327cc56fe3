"""The list of pages says of each in words what patients see and what is to come, in a fixed number of queries."""

import datetime

import pytest

from content.editing.planning import plan_publish, plan_unpublish
from content.editing.reviewing import ask_for_check
from content.editing.saving import keep_draft
from content.models import Page
from content.publishing import unpublish
from tests.content.factories import check_page, make_clinician, make_condition, publish_flags, publish_page
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = pytest.mark.django_db
LIST = "/admin/content/condition/"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    publish_flags()
    return make_clinic()


@pytest.fixture
def states(editor, soup):
    """Words of the column by title, as the list shows them under a filter."""

    def states(query=""):
        root = soup.parse(editor.get(LIST + query).content.decode())
        cells = [
            e for e in root.iter() if e.attrib.get("class", "") in ("field-title", "field-state nowrap", "field-state")
        ]
        return dict(zip(map(soup.text, cells[::2]), map(soup.text, cells[1::2]), strict=True))

    return states


def retitle(page, title):
    Page.objects.filter(pk=page.pk).update(title=title)
    keep_draft(page=page, by=None, now=MONDAY_NOON)


def make_one_of_each():
    keep_draft(page=make_condition(title="Only a draft"), by=None, now=MONDAY_NOON)
    make_condition(title="As saved", published=True)
    retitle(make_condition(published=True), "Differs")
    back = make_condition(title="Typed back", published=True)
    retitle(back, "Another")
    retitle(back, "Typed back")
    off = make_condition(title="Taken off", published=True)
    unpublish(page=off, by=None, why="", now=MONDAY_NOON)
    planned = make_condition(published=True)
    retitle(planned, "Planned")
    plan_publish(page=planned, at=MONDAY_NOON + DAY, by=None, why="Later", now=MONDAY_NOON)
    plan_unpublish(page=planned, at=MONDAY_NOON + 2 * DAY, by=None, why="", now=MONDAY_NOON)
    make_clinician()
    asked = make_condition(title="Asked", published=True)
    ask_for_check(page=asked, of=None, note="", by=None, now=MONDAY_NOON)


STATES = {
    "Only a draft": "draft only",
    "As saved": "live as saved",
    "Differs": "live, draft differs",
    "Typed back": "live as saved",
    "Taken off": "draft only",
    "Planned": "live, draft differs; publishing planned for Nov 24, 2026, 12:00 PM; "
    "taking off planned for Nov 25, 2026, 12:00 PM",
    "Asked": "live as saved; waits for a check",
}


def test_in_words(states):
    make_one_of_each()
    assert states() == STATES


@pytest.mark.parametrize(
    ("value", "titles"),
    [
        ("draft", {"Only a draft", "Taken off"}),
        ("same", {"As saved", "Typed back", "Asked"}),
        ("differs", {"Differs", "Planned"}),
        ("planned", {"Planned"}),
        ("waits", {"Asked"}),
        ("nonsense", set(STATES)),
    ],
)
def test_filters(states, value, titles):
    make_one_of_each()
    assert set(states(f"?state={value}")) == titles


def test_a_check_before_publishing_makes_no_difference(states):
    page = make_condition(title="Checked")
    check_page(page)
    publish_page(page)
    assert states() == {"Checked": "live as saved"}


@pytest.mark.parametrize("rows", [1, 30])
def test_queries(editor, django_assert_num_queries, rows):
    for number in range(rows):
        retitle(make_condition(published=True), f"Page {number}")
    editor.get(LIST)
    with django_assert_num_queries(13):
        assert editor.get(LIST).status_code == 200
