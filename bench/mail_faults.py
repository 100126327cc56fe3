"""A patient's last press beside broken mail servers, as JSON: `DATABASE_URL=... python -m bench.mail_faults`.

One site, its worker beside it, and one port that the mail server takes, refuses, or takes and never answers, in turn
within each round. CPU is that of the web server and, on PostgreSQL, of the database. Empties its data.
"""

import contextlib
import datetime
import json
import logging
import statistics
import sys
import tempfile
import time
from itertools import islice

import django

if __name__ == "__main__":
    django.setup()

from django.core.management import call_command
from django.db import connection

from bench.bookings import apart, cpu, key_of, make_open_clinic, pages
from booking.availability import open_times
from clinic.models import OutgoingMessage
from clinic.site import load_site
from tests.mail_server import free_port, greeting_server, mail_server
from tests.race.real_server import Server, each, people

PRESSES = 8
ROUNDS = 5
SOUND = "healthy"
MAIL_SERVERS = {
    SOUND: lambda port: mail_server(port=port),
    "refusing": lambda port: contextlib.nullcontext(),
    "hanging": lambda port: greeting_server(port=port),
}


def figures():
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    kind = make_open_clinic()
    free = iter(apart(open_times(type=kind, site=load_site(now=datetime.datetime.now(datetime.UTC)))))
    port = free_port()
    found = {name: [] for name in MAIL_SERVERS}
    with tempfile.TemporaryDirectory(prefix="clinic-bench-mail-") as folder:
        server = Server(connection, folder, "njspine.wsgi:application")
        server.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        with server.running():
            for number in range(ROUNDS + 1):
                for turn, (name, start) in enumerate(MAIL_SERVERS.items(), number * len(MAIL_SERVERS)):
                    with start(port):
                        one = press(server, kind, islice(free, PRESSES), turn)
                    if number:  # the first round compiles the templates
                        found[name].append(one)
    return {
        "engine": connection.vendor,
        "presses": PRESSES * ROUNDS,
        "messages": OutgoingMessage.objects.count(),
        "mail_servers": [{"name": name, **compared(rounds, found[SOUND])} for name, rounds in found.items()],
    }


def press(server, kind, times, number):
    """CPU and wall milliseconds of one last press; each person has filled in everything before."""
    booker = {"program": "bench.bookers", "port": server.port, "answers": pages(), "number": number}
    with people(booker | {"times": [key_of(kind, one) for one in times]}) as (person,):
        for step in ("ask", "hold", "tell"):
            each([person], [{"do": step}])
        before, began = cpu(server), time.perf_counter()
        (statuses,) = each([person], [{"do": "send"}])
        wall, spent = time.perf_counter() - began, cpu(server) - before
    assert statuses == [302] * PRESSES, statuses
    return {"cpu_ms": spent / PRESSES * 1000, "wall_ms": wall / PRESSES * 1000}


def compared(rounds, sound):
    """Medians, and the median of the ratios to the healthy one of the same round."""
    found = {}
    for name in ("cpu_ms", "wall_ms"):
        found[name] = statistics.median(one[name] for one in rounds)
        ratios = [one[name] / other[name] for one, other in zip(rounds, sound, strict=True)]
        found[name.replace("_ms", "_ratio")] = statistics.median(ratios)
    return found


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the mail server's own, which tells everything
    json.dump(figures(), sys.stdout)
