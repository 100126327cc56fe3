"""Workers that remind of visits, as real processes: `python -m tests.reminder_workers STEP...`, one worker a step.

A step is INSTANT/POINT/COUNT: at that instant the worker is killed when it has come to the point so many times; with an
empty point it ends its round. Prints nothing.
"""

import datetime
import functools
import os
import signal
import subprocess
import sys

import django
from django.conf import settings

if __name__ == "__main__":
    django.setup()

from booking.actions import reminding
from clinic import outbox
from tests.outbox_workers import fork, url_of

# Where a worker can be killed: (module, name) after whose return it dies.
POINTS = {
    "asked for one": (reminding, "enqueue"),
    "asked": (reminding, "ask_for_reminders"),
    "claimed": (outbox, "claim"),
    "accepted": (outbox, "send"),
    "marked": (outbox, "finish"),
}


def run_reminders(steps, *, database, port):
    """`steps` are (instant, point, count). Raises CalledProcessError when a worker did not end as its step says."""
    environment = os.environ | {
        "DATABASE_URL": url_of(database),
        "DJANGO_SETTINGS_MODULE": "njspine.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    written = [f"{now.isoformat()}/{point}/{count}" for now, point, count in steps]
    command = [sys.executable, "-m", "tests.reminder_workers", *written]
    subprocess.run(command, check=True, timeout=300, env=environment, cwd=settings.BASE_DIR, capture_output=True)


def work(now, point, count):
    """One round of the worker's two jobs, as njspine.worker runs them."""
    if point:
        die_at(*POINTS[point], count)
    reminding.ask_for_reminders(now=now)
    outbox.deliver_due(now=now)


def die_at(module, name, count):
    really, calls = getattr(module, name), []

    @functools.wraps(really)
    def then_die(*args, **kwargs):
        returned = really(*args, **kwargs)
        calls.append(name)
        if len(calls) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return returned

    setattr(module, name, then_die)


def main():
    for step in sys.argv[1:]:
        instant, point, count = step.split("/")
        worker = fork(work, datetime.datetime.fromisoformat(instant), point, int(count))
        worker.join()
        if worker.exitcode != (-signal.SIGKILL if point else 0):
            return False
    return True


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
