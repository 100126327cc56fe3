"""How every action writes: all of it or nothing, and once more when PostgreSQL asks for that."""

import functools
import hashlib

from django.db import OperationalError, connection, transaction
from django.db.models import F

from booking.errors import IllegalMove, TooBusy

# SQLSTATEs after which the same transaction may simply be run again: serialization_failure, deadlock_detected.
AGAIN = {"40001", "40P01"}
# Of rivals for one row at least one comes through at each try: enough for a desk and a handful of patients at once.
TRIES = 10


def in_one_transaction(action):
    """Runs the action in a transaction of its own, up to TRIES times; raises TooBusy when it never came through.

    Inside a transaction of the caller's it runs once: only the outermost one can be repeated.
    """

    @functools.wraps(action)
    def run(**arguments):
        if connection.in_atomic_block:
            with transaction.atomic():
                return action(**arguments)
        for _try in range(TRIES):
            try:
                with transaction.atomic():
                    return action(**arguments)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in AGAIN:
                    raise
        raise TooBusy

    return run


def one_at_a_time(key):
    """Waits until no other transaction is at this `key` (a text); it is free again when this transaction ends.

    For counting what no row stands for. On SQLite one writing transaction runs at a time anyway.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def move(model, *, pk, version, to, moves, **changes):
    """Compare-and-set: changes one row's state if `moves` allows it and nobody changed it since `version` was read.

    Raises IllegalMove otherwise, also for a row that is gone.
    """
    sources = [state for state, targets in moves.items() if to in targets]
    changed = model.objects.filter(pk=pk, version=version, state__in=sources).update(
        state=to, version=F("version") + 1, **changes
    )
    if not changed:
        raise IllegalMove
