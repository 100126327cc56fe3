"""The real web server and the real worker on the test's database, and people who visit it from their own processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings

from tests.outbox_workers import url_of

START_WITHIN = 60
# Seconds from telling everybody to the press: enough that all of them wait with the finger on the button.
LEAD = 0.02


class Server:
    """gunicorn as `make run` starts it, with more processes so that racers meet, and `manage.py work` beside it."""

    def __init__(self, database, folder, application):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = Path(folder)
        self.application = application
        self.web = None
        self.environment = os.environ | {
            "DATABASE_URL": url_of(database),
            "DJANGO_SETTINGS_MODULE": "tests.race.server_settings",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "TRUSTED_PROXIES": "127.0.0.1",
            "WEB_WORKERS": "4",
            "WEB_THREADS": "2",
            "VAR_DIR": str(self.folder),
        }

    @contextlib.contextmanager
    def running(self):
        (self.folder / "static").mkdir()
        web = ["-m", "gunicorn", "-c", "python:njspine.gunicorn_conf", self.application]
        with (self.folder / "log").open("w") as log:
            programs = [
                subprocess.Popen(
                    [sys.executable, *command],
                    cwd=settings.BASE_DIR,
                    env=self.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
                for command in (web, ["manage.py", "work"])
            ]
            try:
                self.web = programs[0]
                self._wait(self.web)
                yield self
            finally:
                for program in programs:
                    program.send_signal(signal.SIGTERM)
                for program in programs:
                    program.wait(30)

    def _wait(self, web):
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5).close()
                return
            except OSError:
                assert web.poll() is None, self.log
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer within a minute: {self.log}")

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def assert_nothing_went_wrong(self):
        assert "locked" not in self.log
        assert "Traceback" not in self.log
        assert " 500 " not in self.log


class Person:
    """One visitor's process."""

    def __init__(self, program="tests.race.visitors", **given):
        command = [sys.executable, "-m", program]
        self.process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.say(given)

    def say(self, what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        assert line, "this visitor gave up"
        return json.loads(line)

    def leave(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@contextlib.contextmanager
def people(*everybody):
    """Starts a process for each of these dictionaries, and ends them all."""
    persons = [Person(**given) for given in everybody]
    try:
        yield persons
    finally:
        for person in persons:
            person.leave()


def each(persons, wanted):
    """Tells person by person what to do, all before any is waited for; returns what came of it, in order."""
    for person, what in zip(persons, wanted, strict=True):
        person.say(what)
    return [person.hear() for person in persons]


def at_once(persons, wanted):
    """The same, with every press at the same instant."""
    at = time.monotonic() + LEAD
    return each(persons, [what | {"at": at} for what in wanted])
