"""`make test` and `make proof`: which tests run, on which engine, and what is said when a tool is missing.

test   everything without a browser on SQLite; on PostgreSQL what the engine decides; then browser tests once, on SQLite
proof  the large figures: on both engines where a database takes part, once where none does or where a browser does;
       on PostgreSQL also everything that `test` ran on SQLite alone
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import postgres_server
import tools

ROOT = Path(__file__).resolve().parent.parent
IN_PARALLEL = ("-n2", "--dist=loadgroup")
COUNTS = ("tests", "failures", "errors", "skipped")


class Run:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.totals = dict.fromkeys(COUNTS, 0)
        self.failed = False
        self.began = time.monotonic()

    def pytest(self, title, *arguments, database=None):
        print(f"\n=== {title}", flush=True)
        report = self.folder / f"{len(list(self.folder.iterdir()))}.xml"
        environment = dict(os.environ)
        environment.pop("DATABASE_URL", None)
        # Compiled once, not anew by every worker and by every process that a test starts.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if database:
            environment["DATABASE_URL"] = database
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=environment).returncode
        if code:
            self.failed = True
        if report.exists():
            for suite in ET.parse(report).getroot().iter("testsuite"):
                for name in COUNTS:
                    self.totals[name] += int(suite.get(name, 0))

    def missing(self, tool, without):
        """One plain line; a machine that lacks a tool still passes, but for CI, which must install it."""
        print(f"\n=== {tool} is not installed: {without}", flush=True)
        self.failed = self.failed or bool(os.environ.get("CI"))

    def on_sqlite(self, what, *arguments):
        self.pytest(f"{what} on SQLite", *arguments)

    def on_postgresql(self, *runs):
        """`runs` are (what, arguments of pytest...), one after the other on one server of our own."""
        binaries = tools.postgres_folder()
        if not binaries:
            self.missing("PostgreSQL", f"{runs[0][0]} ran on SQLite only")
            return
        with postgres_server.running(binaries) as database:
            for what, *arguments in runs:
                self.pytest(f"{what} on PostgreSQL", *arguments, database=database)

    def close(self):
        total = self.totals
        failed = total["failures"] + total["errors"]
        passed = total["tests"] - failed - total["skipped"]
        counts = {"failed": failed, "passed": passed, "skipped": total["skipped"]}
        words = ", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed")
        # The form of pytest's own last line, which tools that read test output know.
        print(f"\n=== {words} in {time.monotonic() - self.began:.2f}s ===", flush=True)
        return 1 if self.failed or failed else 0


def test(run):
    run.on_sqlite("behaviour", *IN_PARALLEL, "-m", "not browser and not proof")
    run.on_postgresql(("behaviour", *IN_PARALLEL, "-m", "not browser and not proof and not pages"))
    in_browser(run, "browser", "browser and not proof")


def in_browser(run, title, marks):
    if tools.chromium():
        run.pytest(title, "tests/browser", *IN_PARALLEL, "-m", marks)
    else:
        run.missing("chromium", "no browser test ran")


def proof(run):
    figures = ("the large figures", *IN_PARALLEL, "-m", "proof and not browser and not engine_free")
    run.on_sqlite(*figures)
    run.on_postgresql(figures, ("all the rest", *IN_PARALLEL, "-m", "pages and not proof"))
    run.pytest("the large figures without a database", *IN_PARALLEL, "-m", "engine_free")
    in_browser(run, "the large figures in a browser", "browser and proof")


def main(name):
    # So that a server of ours is stopped on the way out, whoever asks us to go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="clinic-reports-") as folder:
        run = Run(folder)
        {"test": test, "proof": proof}[name](run)
        return run.close()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
