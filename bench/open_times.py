"""One engine's figures as JSON: `DATABASE_URL=... python -m bench.open_times`. Empties the database it is given."""

import datetime
import json
import sys

import django

if __name__ == "__main__":
    django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import crowd
from bench.cpu import Target, measure, quiet_share
from booking import availability
from booking.actions import answering
from booking.availability import open_times
from booking.models import BusySlot
from clinic.site import load_site
from clinic.wall_clock import DAY
from tests.factories import make_request

ROUNDS, CALLS = 7, 8
HOUR = datetime.timedelta(hours=1)
CONFIRMS = 200


def figures():
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    crowd.make_clinic()
    print("  filling the ledger ...", file=sys.stderr, flush=True)
    groups = {
        "0 rows ahead": crowd.make_group(ahead=0),
        "5,000 rows ahead": crowd.make_group(ahead=5_000),
        "50,000 rows ahead": crowd.make_group(ahead=50_000),
        "5,000 ahead, 1,000,000 past": crowd.make_group(ahead=5_000, past=1_000_000),
        "5,000 ahead, and rooms": crowd.make_group(ahead=5_000, rooms=True),
    }
    one_day = crowd.make_one_day()
    site = load_site(now=crowd.NOW)
    targets = [ask(name, type, site) for name, type in groups.items()]
    targets.append(pure(groups["5,000 rows ahead"], site))
    tuesday = site.today + DAY
    targets.append(ask("one clinician, one day", one_day, site, first_day=tuesday, last_day=tuesday))
    print("  measuring ...", file=sys.stderr, flush=True)
    measure(targets, rounds=ROUNDS, calls=CALLS)
    booking = confirming(groups["5,000 rows ahead"])
    measure([booking], rounds=CONFIRMS // 20, calls=20)
    return {
        "engine": connection.vendor,
        "rows": BusySlot.objects.count(),
        "quiet": quiet_share(targets),
        "targets": [
            {"name": one.name, "cpu_ms": one.cpu_ms, "wall_ms": one.wall_ms, "note": one.note}
            for one in [*targets, booking]
        ],
    }


def ask(name, type, site, **days):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = open_times(type=type, site=site, **days)
    note = f"{len(found):,} times, {len(queries)} queries"
    return Target(name, lambda: open_times(type=type, site=site, **days), note)


def pure(type, site):
    """The computation alone, over the rows that the database gave once."""
    gathered = availability.gather(type=type, site=site)
    return Target("the computation alone, 5,000 ahead", lambda: availability.compute(gathered), "0 queries")


def confirming(type):
    """Whole confirms, one after the other: each with its history and its mail, in a transaction of its own."""
    free = iter(open_times(type=type, site=load_site(now=crowd.NOW)))
    people = {person.pk: person for person in type.practitioners.all()}
    place = type.locations.get()
    staff = User.objects.create_user("bench")
    requests = iter([make_request(email="pat@home.example") for _ in range(CONFIRMS + 1)])
    taken = []

    def confirm():
        time = next(
            t for t in free if not any(t.practitioner_id == p and abs(t.start - s) < HOUR for s, p in taken[-40:])
        )
        taken.append((time.start, time.practitioner_id))
        answering.confirm(
            request_id=next(requests).pk,
            version=1,
            type=type,
            practitioner=people[time.practitioner_id],
            location=place,
            start=time.start,
            by=staff,
            now=crowd.NOW,
        )

    return Target("one confirm", confirm, "ledger, history, mail, commit")


if __name__ == "__main__":
    json.dump(figures(), sys.stdout)
