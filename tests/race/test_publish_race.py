"""Editors who press Publish at the same moment: every version has its own number, one after the other."""

import threading

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from content import publishing
from content.models import PageVersion, SafetyVersion
from content.publishing import publish, publish_safety_library
from tests.content.factories import make_condition, publish_flags
from tests.factories import MONDAY_NOON, make_clinic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
RACERS = 4
ROUNDS = 3


@pytest.fixture(autouse=True)
def page():
    make_clinic()
    return make_condition(published=True)


def at_once(action):
    """Errors that `action()` raised in RACERS threads, all let go at the same moment."""
    barrier, errors = threading.Barrier(RACERS), []

    def run():
        try:
            connection.ensure_connection()
            barrier.wait(30)
            action()
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def numbers(model):
    return list(model.objects.order_by("number").values_list("number", flat=True))


def publish_page_again(page):
    publish(page=page, by=None, why="Again", now=MONDAY_NOON)


def publish_signs_again():
    publish_safety_library(by=None, why="Again", now=MONDAY_NOON)


def test_pages(page):
    for _ in range(ROUNDS):
        assert at_once(lambda: publish_page_again(page)) == []
    assert numbers(PageVersion) == list(range(1, 2 + RACERS * ROUNDS))
    page.refresh_from_db()
    assert page.live_version.number == 1 + RACERS * ROUNDS


def test_warning_signs():
    for _ in range(ROUNDS):
        assert at_once(publish_signs_again) == []
    assert numbers(SafetyVersion) == list(range(1, 2 + RACERS * ROUNDS))


@pytest.mark.only_on("postgresql", reason="SQLite serializes whole transactions.")
def test_without_the_lock_racers_collide(page, monkeypatch):
    """Negative control: without the locks the same race shows it."""
    meet_before_the_number(monkeypatch)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    errors = at_once(lambda: publish_page_again(page))
    assert len(errors) == RACERS - 1
    assert {type(error) for error in errors} == {IntegrityError}


def meet_before_the_number(monkeypatch):
    """Every racer reads the last number before any of them writes the next."""
    barrier, real = threading.Barrier(RACERS), publishing.next_number

    def meet(versions):
        number = real(versions)
        barrier.wait(30)
        return number

    monkeypatch.setattr(publishing, "next_number", meet)


def test_a_sign_cannot_vanish_between_the_check_and_the_commit(page):
    """A page that takes up a sign, and a library that drops it, at once: whoever is second is refused."""
    publish_flags("only-here")
    other = make_condition(flags=("only-here",))
    outcomes = []

    def publish_other():
        outcomes.append(attempt(lambda: publish(page=other, by=None, why="", now=MONDAY_NOON)))

    def drop_sign():
        other.red_flags.model.objects.filter(key="only-here").update(group="soon")
        outcomes.append(attempt(publish_signs_again))

    actions = iter([publish_other, drop_sign, lambda: None, lambda: None])
    guard = threading.Lock()

    def next_action():
        with guard:
            action = next(actions)
        action()

    assert at_once(next_action) == []
    assert sorted(outcomes) == [False, True]


def attempt(action):
    try:
        action()
    except publishing.NotPublishable:
        return False
    return True
