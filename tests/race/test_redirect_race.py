"""Two editors who save redirects at the same moment never close a loop between them."""

import pytest
from django.db.models import QuerySet

from content import addresses
from content.addresses import destination, keep_redirect
from content.errors import AddressRefused
from content.models import Redirect
from tests.content.factories import make_treatment, publish_flags, publish_page
from tests.factories import make_clinic
from tests.race.racing import doubles_without_guard, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ROUNDS = 10


@pytest.fixture(autouse=True)
def clinic():
    make_clinic()


def keep(path, to):
    """Whether the redirect was kept; false when it was refused with a sentence."""
    try:
        keep_redirect(redirect=Redirect(path=path, to_path=to), by=None)
    except AddressRefused:
        return False
    return True


def there_and_back():
    """How many of two redirects that close a loop were kept, round by round."""
    kept = []

    def racer(there, back):
        def save(number):
            if keep(f"/{there}{number}/", f"/{back}{number}/"):
                kept.append(number)

        return save

    results = race(racer("a", "b"), racer("b", "a"), rounds=ROUNDS)
    assert [error for result in results for error in result.unexpected] == []
    return [kept.count(number) for number in range(ROUNDS)]


@pytest.fixture
def anything_goes(monkeypatch):
    """Targets need not exist: only so do two typed addresses meet."""
    monkeypatch.setattr(addresses, "internal_problem", lambda *arguments: "")


def test_of_two_that_close_a_loop_one_is_refused(anything_goes):
    assert there_and_back() == [1] * ROUNDS


@doubles_without_guard
def test_without_the_lock_loops_are_closed(anything_goes, monkeypatch):
    """Negative control. Even then no visitor is sent in circles."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    assert 2 in there_and_back()
    assert {destination(path) for path in Redirect.objects.values_list("path", flat=True)} == {""}


def test_a_page_that_moves_while_an_editor_leads_to_its_old_address():
    publish_flags()
    page = make_treatment(published=True, slug="heat-0")

    def publisher(number):
        page.slug = f"heat-{number + 1}"
        page.save()
        publish_page(page)

    for result in race(publisher, lambda number: keep(f"/old-{number}/", f"/treatments/heat-{number}/"), rounds=ROUNDS):
        assert not result.unexpected
    page.refresh_from_db()
    for path in Redirect.objects.values_list("path", flat=True):
        assert destination(path) == f"/treatments/{page.live_slug}/"
