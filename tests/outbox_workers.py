"""Workers as real processes, for the race and fault tests of the outbox: `python -m tests.outbox_workers WHAT ...`.

One program starts Django once and forks the workers, so that a hundred of them cost seconds. Prints nothing.
"""

import argparse
import datetime
import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import uuid

import django
from django.conf import settings

if __name__ == "__main__":
    django.setup()

from clinic import claims, outbox
from clinic.models import OutgoingMessage
from clinic.states import MessageState
from tests.messages import KIND, letter, to_one_mailbox

FORK = multiprocessing.get_context("fork")
# Where a worker can be killed: the name in clinic.outbox after whose return it dies.
POINTS = {"claimed": "claim", "accepted": "send", "marked": "finish"}

WHAT = ["race", "race-unguarded", "race-for-one-mailbox", "die", "sleep", "sleep-unguarded"]


def run_workers(*arguments, database, port):
    """Run this file as a program on the test database, with the mail server at `port`."""
    environment = os.environ | {
        "DATABASE_URL": url_of(database),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "njspine.settings"),
    }
    command = [sys.executable, "-m", "tests.outbox_workers", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=300, env=environment, cwd=settings.BASE_DIR, capture_output=True)


def url_of(database):
    found = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def claim_without_looking(pk, *, now):
    """What a claim must not be: read, then write. The negative control of the race."""
    message = OutgoingMessage.objects.get(pk=pk)
    if message.state != MessageState.QUEUED:
        return None
    time.sleep(0.005)
    message.state, message.token, message.due_at = MessageState.SENDING, uuid.uuid4(), now + claims.LEASE
    message.save()
    return message


def work(now, barrier=None):
    if barrier is not None:
        barrier.wait(60)
    while str(outbox.deliver_due(now=now)):
        pass


def work_and_die(now, point):
    """Work until the first message has come to `point`, then be killed there."""
    name = POINTS[point]
    really = getattr(outbox, name)

    @functools.wraps(really)
    def then_die(*args, **kwargs):
        really(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(outbox, name, then_die)
    work(now)


def fork(target, *arguments):
    process = FORK.Process(target=target, args=arguments)
    process.start()
    return process


def race(now, *, guarded):
    if not guarded:
        outbox.claim = claim_without_looking
    barrier = FORK.Barrier(2)
    workers = [fork(work, now, barrier) for _ in range(2)]
    for worker in workers:
        worker.join()
    return [worker.exitcode for worker in workers] == [0, 0]


def die(now, points):
    for point in points:
        worker = fork(work_and_die, now, point)
        worker.join()
        if worker.exitcode != -signal.SIGKILL:
            return False
    survivor = fork(work, now + claims.LEASE)
    survivor.join()
    return survivor.exitcode == 0


def sleep_holding_a_message(now):
    """A worker that is stopped with a message in its hands, as when a machine is suspended, and then goes on."""
    really = outbox.claim

    def claim_and_sleep(pk, *, now):
        message = really(pk, now=now)
        if message is not None:
            os.kill(os.getpid(), signal.SIGSTOP)
        return message

    outbox.claim = claim_and_sleep
    outbox.deliver_due(now=now)


def sleep(now, *, guarded):
    """One worker sleeps through its lease, another does all the work meanwhile, then the first wakes up."""
    if not guarded:
        outbox._take_turn = lambda message, channel, address, now: None
    sleeper = fork(sleep_holding_a_message, now)
    os.waitpid(sleeper.pid, os.WUNTRACED)
    other = fork(work, now + claims.LEASE)
    other.join()
    os.kill(sleeper.pid, signal.SIGCONT)
    sleeper.join()
    return [other.exitcode, sleeper.exitcode] == [0, 0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("now", type=datetime.datetime.fromisoformat)
    parser.add_argument("points", nargs="*", choices=[*POINTS, []])
    given = parser.parse_args()
    outbox.KINDS.clear()
    outbox.register(KIND, to_one_mailbox if given.what == "race-for-one-mailbox" else letter)
    if given.what == "die":
        return die(given.now, given.points)
    run = sleep if given.what.startswith("sleep") else race
    return run(given.now, guarded=not given.what.endswith("unguarded"))


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
