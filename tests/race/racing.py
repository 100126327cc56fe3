"""Racers: threads, each with a connection of its own, let go by a barrier at the same moment, round after round."""

import datetime
import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.db import connection

from booking.errors import BookingError
from tests.booking.staff_at_work import TOMORROW_9

RACERS = 8
doubles_without_guard = pytest.mark.only_on(
    "postgresql",
    reason="On SQLite one writing transaction runs at a time (BEGIN IMMEDIATE), so nothing doubles without the guard "
    "either; that the triggers bite is proved in tests/booking/test_constraints.py.",
)
# Seconds after which a race is stuck, not slow.
STUCK = 120


@dataclass
class Round:
    """What each racer came back with: "won", or the name of the error."""

    outcomes: Counter = field(default_factory=Counter)
    unexpected: list = field(default_factory=list)


def race(*racers, rounds=1):
    """Runs `racer(round number)` of every racer at once, and waits for all of them before the next round."""
    barrier = threading.Barrier(len(racers))
    results = [Round() for _ in range(rounds)]
    lock = threading.Lock()

    def run(racer):
        connection.ensure_connection()
        try:
            for number in range(rounds):
                barrier.wait(STUCK)
                outcome = _attempt(racer, number)
                with lock:
                    if isinstance(outcome, str):
                        results[number].outcomes[outcome] += 1
                    else:
                        results[number].unexpected.append(outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[racer]) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def outcomes(rounds):
    """How each round ended, once it is sure that nothing else went wrong: no deadlock, no locked database."""
    assert [error for one in rounds for error in one.unexpected] == []
    return [dict(one.outcomes) for one in rounds]


def assert_wild_enough(doubled, slots):
    """A control must lose: in more than half of many slots, the promise's figure, and in two of few ones. A machine
    that is busy with other things lets the racers of a few slots pass one after the other."""
    needed = slots / 2 if slots >= 100 else 1
    assert doubled > needed, f"{doubled} of {slots} slots doubled: this race is too tame to prove anything"


def day(number):
    """Rounds do not meet: each has a day of its own."""
    return TOMORROW_9 + datetime.timedelta(days=number)


def _attempt(racer, number):
    try:
        racer(number)
    except BookingError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001  the test's own thread looks at it
        return error
    return "won"
