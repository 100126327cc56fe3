"""The supervisor, with real processes: who dies comes back, who asks to stop is obeyed, nobody is left behind."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from njspine.supervisor import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, STEADY_AFTER_SECONDS, Program, Supervisor
from tests.processes import alive, until

ROOT = Path(__file__).resolve().parents[2]

# Two programs that write down their process ids, one line a start, and then wait for ever.
DRIVER = """
import os, sys
from njspine.supervisor import Program, Supervisor
folder, stubborn = sys.argv[1:]
code = '''
import os, signal, sys, time
if {stubborn}: signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(sys.argv[1], "a") as starts: print(os.getpid(), file=starts)
time.sleep(600)
'''.format(stubborn=stubborn)
programs = [Program(name, [sys.executable, "-c", code, f"{folder}/{name}"]) for name in ("web", "work")]
Supervisor(programs, environment=dict(os.environ)).run()
"""


class Supervised:
    def __init__(self, folder, *, stubborn=False):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(folder), str(stubborn)], cwd=ROOT, start_new_session=True
        )

    def starts(self, name):
        try:
            return [int(line) for line in (self.folder / name).read_text().splitlines()]
        except FileNotFoundError:
            return []

    def both(self):
        until(lambda: self.starts("web") and self.starts("work"), "both programs")
        return [self.starts("web")[-1], self.starts("work")[-1]]


@pytest.fixture
def supervised(tmp_path):
    made = []

    def make(**options):
        made.append(Supervised(tmp_path, **options))
        return made[-1]

    yield make
    for one in made:
        one.process.kill()
        one.process.wait()
        for pid in one.starts("web") + one.starts("work"):
            if alive(pid):
                kill(pid)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_both(supervised, asked):
    site = supervised()
    pids = site.both()
    site.process.send_signal(asked)
    assert site.process.wait(60) == 0
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("victim", ["web", "work"])
def test_who_is_killed_comes_back_and_the_other_stays(supervised, victim):
    site = supervised()
    site.both()
    other = "work" if victim == "web" else "web"
    kill(site.starts(victim)[0])
    until(lambda: len(site.starts(victim)) == 2, f"{victim} to start again")
    assert len(site.starts(other)) == 1
    assert alive(site.starts(other)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of other systems offers no such signal")
def test_killed_itself_it_leaves_no_orphan(supervised):
    site = supervised()
    pids = site.both()
    site.process.kill()
    site.process.wait()
    until(lambda: not any(alive(pid) for pid in pids), "both programs to end")


def test_asked_twice_it_waits_for_nobody(supervised):
    site = supervised(stubborn=True)
    pids = site.both()
    site.process.send_signal(signal.SIGINT)
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(60) == 0
    assert not any(alive(pid) for pid in pids)


def kill(pid):
    subprocess.run(["kill", "-9", str(pid)], check=True)


def dead(program):
    program.process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"], start_new_session=True)
    program.process.wait()


def test_who_dies_at_once_waits_longer_each_time_up_to_a_limit(log_lines):
    program = Program("web", [])
    supervisor = Supervisor([program], environment={})
    pauses = []
    for _ in range(9):
        dead(program)
        program.started_at = float("inf")
        pauses.append(program.pause)
        supervisor.reap()
    assert pauses[:4] == [FIRST_PAUSE_SECONDS * factor for factor in (1, 2, 4, 8)]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    assert "web ended with code 3, starts again in 0.5 s" in log_lines[0]


def test_who_ran_well_for_a_while_comes_back_at_once():
    program = Program("web", [], pause=LONGEST_PAUSE_SECONDS)
    dead(program)
    program.started_at = -2 * STEADY_AFTER_SECONDS
    Supervisor([program], environment={}).reap()
    assert program.pause == 2 * FIRST_PAUSE_SECONDS
