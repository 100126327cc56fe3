"""Keeps the site's processes running: starts them, starts them again when they die, and stops them all together."""

import ctypes
import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30
# Who ran this long was well: the next death is a new trouble, not the old one again.
STEADY_AFTER_SECONDS = 60
STOP_WITHIN_SECONDS = 15

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Program:
    """A command line to keep running. `fds`: open files that it inherits."""

    name: str
    command: list
    fds: tuple = ()
    process: subprocess.Popen | None = None
    started_at: float = 0
    pause: float = field(default=FIRST_PAUSE_SECONDS)
    due_at: float | None = 0


def end_with_parent():
    """In the child: have the kernel end it when this supervisor dies, even by kill -9 (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs programs until SIGINT or SIGTERM. A second signal stops them at once."""

    def __init__(self, programs, *, environment):
        self.programs = programs
        self.environment = environment
        self.signals = 0
        self.signalled_at = None

    def run(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(reader, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.asked_to_stop)
        while not self.signals:
            self.start_due()
            wait(reader, self.seconds_until_next())
            self.reap()
        self.stop(reader)

    def asked_to_stop(self, *_):
        self.signals += 1

    def start_due(self):
        now = time.monotonic()
        for program in self.programs:
            if program.process is None and program.due_at <= now:
                program.process = subprocess.Popen(  # noqa: S603  our own command lines
                    program.command,
                    env=self.environment,
                    pass_fds=program.fds,
                    # A group of its own: Ctrl-C in the terminal reaches this supervisor alone, which then stops them
                    # in order, and what a dead program leaves behind can be found by its group.
                    start_new_session=True,
                    preexec_fn=end_with_parent,
                )
                program.started_at = now

    def reap(self):
        """Notice the dead, and say when each starts again."""
        now = time.monotonic()
        for program in self.programs:
            if program.process is None or program.process.poll() is None:
                continue
            signal_group(program.process, signal.SIGTERM)
            if now - program.started_at >= STEADY_AFTER_SECONDS:
                program.pause = FIRST_PAUSE_SECONDS
            logger.error(
                "%s ended with code %s, starts again in %s s", program.name, program.process.returncode, program.pause
            )
            program.process = None
            program.due_at = now + program.pause
            program.pause = min(program.pause * 2, LONGEST_PAUSE_SECONDS)

    def seconds_until_next(self):
        due = [program.due_at for program in self.programs if program.process is None]
        return max(0, min(due) - time.monotonic()) if due else None

    def stop(self, reader):
        running = [program.process for program in self.programs if program.process is not None]
        for process in running:
            signal_group(process, signal.SIGTERM, leader_only=True)
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        while any(process.poll() is None for process in running):
            left = deadline - time.monotonic()
            if left <= 0 or self.signals > 1:
                break
            wait(reader, left)
        for process in running:
            signal_group(process, signal.SIGKILL)
            process.wait()


def signal_group(process, number, *, leader_only=False):
    try:
        os.kill(process.pid, number) if leader_only else os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def wait(reader, seconds):
    """Until a signal arrives, or for `seconds`; None is without end."""
    select.select([reader], [], [], seconds)
    try:
        os.read(reader, 4096)
    except BlockingIOError:
        return
