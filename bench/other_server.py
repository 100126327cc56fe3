"""django-appointment behind the web server that serves ours, with as many processes, on the same engine."""

import contextlib
import datetime
import os
import subprocess
import time
import urllib.error
import urllib.request
from itertools import count
from pathlib import Path

from django.db import connection

from tests.postgres_server import free_port
from tests.race.real_server import each, people

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN = 30
# The first two are choosing a time and giving one's name; the last follows the code that was mailed.
STEPS = ("choose", "send", "read_mail", "confirm")
NOT_THE_SYSTEMS = {"read_mail"}
STARTS = [datetime.time(hour) for hour in range(8, 18)]


class OtherServer:
    """`web` is the process whose children serve. `python` has django-appointment and gunicorn."""

    def __init__(self, python, folder):
        self.python, self.folder = python, Path(folder)
        self.port, self.web, self.numbers = free_port(), None, count()

    @contextlib.contextmanager
    def running(self):
        environment = os.environ | {"OTHER_DATABASE": self._database(), "PYTHONPATH": str(ROOT)}
        environment["DJANGO_SETTINGS_MODULE"] = "bench.other_settings"
        options = {"cwd": self.folder, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(
            [self.python, "-c", "from bench.other_site import make_site; make_site()"], check=True, **options
        )
        serve = ["-m", "gunicorn", "-b", f"127.0.0.1:{self.port}", "-w", "4", "-k", "gthread", "--threads", "2"]
        serve += ["--no-control-socket", "--log-level", "critical", "bench.other_site:application"]
        self.web = subprocess.Popen([self.python, *serve], **options)
        try:
            self._wait()
            yield self
        finally:
            self.web.terminate()
            self.web.wait(30)

    def book(self, clients, each_books, measured):
        """CPU ms of one booking; every one has a time of its own. `measured()`: CPU seconds until now."""
        everybody = [
            {"program": "bench.other_bookers", "patients": [self._patient() for _ in range(each_books)]}
            for _ in range(clients)
        ]
        bookings, spent = clients * each_books, 0.0
        with people(*everybody) as persons:
            for step in STEPS:
                before = measured()
                statuses = [status for one in each(persons, [{"do": step}] * clients) for status in one]
                wanted = 200 if step in NOT_THE_SYSTEMS else 302
                assert statuses == [wanted] * bookings, f"django-appointment, {step}: {sorted(set(statuses))}"
                if step not in NOT_THE_SYSTEMS:
                    spent += measured() - before
        return spent / bookings * 1000

    def _patient(self):
        number = next(self.numbers)
        day = datetime.date.today() + datetime.timedelta(days=7 + number // len(STARTS))
        start = STARTS[number % len(STARTS)]
        return {
            "port": self.port,
            "email": f"pat{number}@example.com",
            "day": day.isoformat(),
            "start": f"{start:%H:%M}",
            "end": f"{start.replace(minute=30):%H:%M}",
        }

    def _database(self):
        if connection.vendor == "sqlite":
            return str(self.folder / "other.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS bench_other WITH (FORCE)")
            cursor.execute("CREATE DATABASE bench_other")
        found = connection.settings_dict
        return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/bench_other"

    def _wait(self):
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/nowhere", timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("django-appointment did not answer")
