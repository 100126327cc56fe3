"""Counts addresses that lead nowhere, so that editors learn which old links to mend. Never who asked, never when.

Whoever makes a program ask for a thousand wrong addresses must neither fill the table nor keep the site busy: a process
counts the same address once a minute and few in all, the table holds MOST_ROWS, and nobody waits for a lock.
"""

import contextlib
import datetime
import threading

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from content.address_rules import countable, is_robot
from content.models import MissingAddress

MOST_ROWS = 500
LEAST_TIMES = 2  # asked for, before editors see it
KEPT_FOR = datetime.timedelta(days=90)
AGAIN_AFTER = datetime.timedelta(minutes=1)
MOST_A_MINUTE = 30  # writes of one process
PATIENCE_MS = 100  # for another writer


class Dam:
    """What this process counted within the last minute. Small: it never holds more than MOST_A_MINUTE addresses."""

    def __init__(self):
        self.counted = {}
        self.lock = threading.Lock()

    def lets_through(self, path, now):
        with self.lock:
            self.counted = {known: at for known, at in self.counted.items() if now - at < AGAIN_AFTER}
            if path in self.counted or len(self.counted) >= MOST_A_MINUTE:
                return False
            self.counted[path] = now
            return True


dam = Dam()


def count_missing(*, path, user_agent, now, today):
    """Count one visit to an address that leads nowhere, if it says nothing about a person and no robot came.

    `today` is a date in the clinic's zone. Raises django.db.Error when the database is busy or takes no writes: the
    caller's page is worth more than the count.
    """
    if not countable(path) or is_robot(user_agent) or not dam.lets_through(path, now):
        return
    with _hasty_transaction():
        if not MissingAddress.objects.filter(path=path).update(times=F("times") + 1, last_day=today):
            _add(path, today)


def purge_missing(*, now):
    """Forget what nobody asked for in 90 days. Returns how many."""
    return MissingAddress.objects.filter(last_day__lt=(now - KEPT_FOR).date()).delete()[0]


def _add(path, today):
    if MissingAddress.objects.count() >= MOST_ROWS:
        least = MissingAddress.objects.filter(is_ignored=False).order_by("times", "last_day", "pk")
        gone = list(least.values_list("pk", flat=True)[:1])
        if not gone:
            return
        MissingAddress.objects.filter(pk__in=gone).delete()
    with contextlib.suppress(IntegrityError), transaction.atomic():
        # Somebody else may ask for the same address at the same moment, and count.
        MissingAddress.objects.create(path=path, first_day=today, last_day=today)


@contextlib.contextmanager
def _hasty_transaction():
    """A transaction that gives up after PATIENCE_MS where a patient's request would wait for its turn."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _run(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            yield
        return
    # Outside the transaction, which waits for its lock when it begins.
    [(usual,)] = _run("PRAGMA busy_timeout")
    _run(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        with transaction.atomic():
            yield
    finally:
        _run(f"PRAGMA busy_timeout = {usual}")


def _run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []
