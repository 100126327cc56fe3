"""Waiting for what another process does, without guessing how long it takes."""

import os
import time
from pathlib import Path

PATIENCE_SECONDS = 60


def until(happened, what):
    """The first true answer of `happened()`; fails when nothing came for a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = happened()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited a minute for: {what}")


def alive(pid):
    """Whether the process runs; one that ended and was not yet collected by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
