"""Racers: threads, each with a connection of its own, let go by a barrier at the same moment, round after round."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from booking.errors import BookingError

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


def _attempt(racer, number):
    try:
        racer(number)
    except BookingError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001  the test's own thread looks at it
        return error
    return "won"
