"""CPU milliseconds, which mean the same on a busy machine: of this process, and of the database's own for us."""

import os
import statistics
import time
from dataclasses import dataclass, field

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")
# A round in which other programs took more of the machine than this is left out, while enough others remain.
QUIET = 0.1
FEWEST_ROUNDS = 3


@dataclass
class Target:
    """Something to measure: `run()` does it once."""

    name: str
    run: object
    note: str = ""
    rounds: list = field(default_factory=list)

    @property
    def cpu_ms(self):
        return statistics.median(self._kept("cpu_ms"))

    @property
    def wall_ms(self):
        return statistics.median(self._kept("wall_ms"))

    def _kept(self, what):
        quiet = [one for one in self.rounds if one["others"] <= QUIET]
        return [one[what] for one in (quiet if len(quiet) >= FEWEST_ROUNDS else self.rounds)]


def measure(targets, *, rounds, calls):
    """Every round visits every target once, `calls` times in a row, so that a ratio compares the same minutes."""
    server = _server_process()
    for target in targets:
        target.run()
    for _round in range(rounds):
        for target in targets:
            before = _cpu(server), time.perf_counter(), _machine()
            for _call in range(calls):
                target.run()
            cpu, wall = _cpu(server) - before[0], time.perf_counter() - before[1]
            busy = (_machine() - before[2]) / os.cpu_count()
            target.rounds.append(
                {
                    "cpu_ms": cpu / calls * 1000,
                    "wall_ms": wall / calls * 1000,
                    "others": max(0.0, busy - cpu / os.cpu_count()) / wall,
                }
            )


def quiet_share(targets):
    """How many of all rounds had the machine nearly to themselves."""
    every = [one for target in targets for one in target.rounds]
    return sum(one["others"] <= QUIET for one in every) / len(every)


def _server_process():
    """The process that serves our connection, None on SQLite, whose work is done in this one."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _cpu(server):
    """Seconds."""
    own = time.process_time()
    if server is None:
        return own
    with open(f"/proc/{server}/stat") as stat:
        numbers = stat.read().rpartition(")")[2].split()
    return own + (int(numbers[11]) + int(numbers[12])) / TICKS


def _machine():
    """Seconds in which any CPU of the machine was busy, all CPUs added up."""
    with open("/proc/stat") as stat:
        user, nice, system, _idle, _wait, irq, soft, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICKS
