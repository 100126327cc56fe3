"""Workers that run plans, as real processes: `python -m tests.planners NOW POINT` dies at that point with SIGKILL.

NOW is an instant in ISO format. Without a point the worker runs to its end. Prints nothing.
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

from content import publishing
from content.editing import planning
from tests.outbox_workers import url_of

# Where a worker can be killed: (module, name) after whose return it dies.
POINTS = {
    "marked": (planning, "_end"),
    "checked": (publishing, "text_problems"),
    "indexed": (publishing, "index_page"),
    "published": (planning, "publish"),
    "taken off": (planning, "unpublish"),
}


def run_planner(now, *arguments, database):
    """Exit code of one worker on the test database: negative for the signal that killed it."""
    environment = os.environ | {"DATABASE_URL": url_of(database), "DJANGO_SETTINGS_MODULE": "njspine.settings"}
    command = [sys.executable, "-m", "tests.planners", now.isoformat(), *arguments]
    return subprocess.run(command, timeout=120, env=environment, cwd=settings.BASE_DIR, capture_output=True).returncode


def die_after(module, name):
    really = getattr(module, name)

    @functools.wraps(really)
    def then_die(*args, **kwargs):
        really(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, then_die)


def without_transaction():
    """The negative control: the mark and the publishing are two transactions."""
    planning._run = planning._run.__wrapped__
    planning.Page.objects.select_for_update = planning.Page.objects.all


def main():
    now, *rest = sys.argv[1:]
    if "careless" in rest:
        without_transaction()
    for point in rest:
        if point in POINTS:
            die_after(*POINTS[point])
    planning.run_due_plans(now=datetime.datetime.fromisoformat(now))


if __name__ == "__main__":
    main()
