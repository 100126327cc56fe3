"""Whole bookings through the real web server, as JSON: `DATABASE_URL=... python -m bench.bookings`. Empties its data.

CPU is that of the whole tree of the server's processes and, on PostgreSQL, of the database's: nothing else works for a
booking. The patients are processes of their own and do not count. With OTHER_PYTHON, a Python that has
django-appointment and gunicorn, every round books there as well.
"""

import contextlib
import datetime
import json
import os
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

from django.core.management import call_command
from django.db import connection

from bench.cpu import TICKS
from bench.other_server import OtherServer
from booking.availability import open_times
from booking.models import Appointment
from clinic.site import load_site
from tests.booking.patient import contact, make_site, none_of_these, reason
from tests.factories import Location, make_hours, make_practitioner, make_type
from tests.race.real_server import Server, at_once, each, people

CLINICIANS = 10
# (clients, bookings of each), visited in turn; every round has times of its own.
CROWDS = [(1, 16), (32, 2)]
WARM_UP = (4, 4)
ROUNDS = 3
RIVALS = 16
LATER = datetime.timedelta(days=5)
STEPS = ("ask", "hold", "tell", "send")


def figures():
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    kind = make_open_clinic()
    free = iter(apart(open_times(type=kind, site=load_site(now=now()))))
    found = {crowd: [] for crowd in CROWDS}
    with (
        tempfile.TemporaryDirectory(prefix="clinic-bench-web-") as folder,
        Server(connection, folder, "njspine.wsgi:application").running() as server,
        other_server(folder) as other,
    ):
        # Every process of the server compiles its templates once.
        book(server, kind, free, *WARM_UP)
        if other:
            other.book(*WARM_UP, lambda: cpu(other))
        for _round in range(ROUNDS):
            for crowd in CROWDS:
                one = book(server, kind, free, *crowd)
                if other:
                    one["other_ms"] = other.book(*crowd, lambda: cpu(other))
                    one["ratio"] = one["booking_ms"] / one["other_ms"]
                found[crowd].append(one)
        winners = race(server, kind, next(free))
    return {
        "engine": connection.vendor,
        "crowds": [{"clients": crowd[0], **median(rounds)} for crowd, rounds in found.items()],
        "rivals": RIVALS,
        "winners": winners,
        "visits": Appointment.objects.count(),
    }


def other_server(folder):
    python = os.environ.get("OTHER_PYTHON")
    return OtherServer(python, folder).running() if python else contextlib.nullcontext()


def make_open_clinic():
    make_site(reply_within_hours=4)
    here = Location.objects.get(name="Here")
    people = [make_practitioner(locations=[here]) for _ in range(CLINICIANS)]
    for person in people:
        make_hours(person, here, datetime.time(8), datetime.time(18))
    return make_type(practitioners=people, duration_minutes=30, for_new_patients=True, horizon_days=90)


def apart(times):
    """One time a clinician and day, so that nobody's share of a day is full, and no two touch."""
    seen = set()
    for one in times:
        of_a_day = one.practitioner_id, one.start.date()
        if one.start > now() + LATER and of_a_day not in seen:
            seen.add(of_a_day)
            yield one


def now():
    return datetime.datetime.now(datetime.UTC)


def key_of(kind, one):
    return f"{int(one.start.timestamp()) // 60}.{kind.pk}.{one.practitioner_id}.{one.location_id}"


def pages():
    signs = {"signs": none_of_these()}
    return {"first-check": signs, "second-check": signs, "reason": reason(), "contact": contact(), "prepare": {}}


def book(server, kind, free, clients, each_books):
    """{step: (CPU ms of one booking, seconds in all)} and how many bookings a second the presses alone allow."""
    keys = [[key_of(kind, one) for one in islice(free, each_books)] for _ in range(clients)]
    everybody = [
        {"program": "bench.bookers", "port": server.port, "answers": pages(), "number": n, "times": times}
        for n, times in enumerate(keys)
    ]
    bookings, spent = clients * each_books, {}
    with people(*everybody) as persons:
        for step in STEPS:
            before, began = cpu(server), time.perf_counter()
            statuses = [status for one in each(persons, [{"do": step}] * clients) for status in one]
            took = time.perf_counter() - began
            spent[step] = ((cpu(server) - before) / bookings * 1000, took)
            wanted = 302 if step in ("hold", "send") else 200
            assert statuses == [wanted] * bookings, f"{step}: {sorted(set(statuses))}"
    pressed = spent["hold"][1] + spent["send"][1]
    whole = sum(took for _cpu, took in spent.values())
    return {
        **{f"{step}_ms": spent[step][0] for step in STEPS},
        "booking_ms": spent["hold"][0] + spent["send"][0],
        "all_pages_ms": sum(cpu_ms for cpu_ms, _took in spent.values()),
        "bookings_a_second": bookings / pressed,
        "whole_requests_a_second": bookings / whole,
    }


def race(server, kind, one):
    """How many of RIVALS patients who press at one instant get the same time."""
    visitors = [{"who": "patient", "port": server.port, "answers": pages(), "number": n} for n in range(RIVALS)]
    with people(*visitors) as persons:
        each(persons, [{"do": "walk"}] * RIVALS)
        outcomes = at_once(persons, [{"do": "choose", "time": key_of(kind, one)}] * RIVALS)
    return sum(outcome["status"] == 302 for outcome in outcomes)


def median(rounds):
    return {name: sorted(one[name] for one in rounds)[len(rounds) // 2] for name in rounds[0]}


def cpu(server):
    """Seconds that the server's processes, and the database's, have used until now; with those that are gone."""
    roots = [server.web.pid]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            roots.append(int(_stat(cursor.fetchone()[0])[1]))
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stats[int(folder.name)] = _stat(folder.name)
        except OSError:
            continue
    tree = set(roots)
    grown = True
    while grown:
        more = {pid for pid, stat in stats.items() if int(stat[1]) in tree} - tree
        tree |= more
        grown = bool(more)
    # utime, stime, and both of children who have ended
    return sum(sum(map(int, stats[pid][11:15])) for pid in tree if pid in stats) / TICKS


def _stat(pid):
    """The fields of /proc/PID/stat after the name, from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


if __name__ == "__main__":
    json.dump(figures(), sys.stdout)
