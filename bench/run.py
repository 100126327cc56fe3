"""`make bench`: how much work open times and bookings are, on both engines, as a printed table. No thresholds.

CPU milliseconds and their ratios to a target of the same round, since requests a second swing threefold within an hour
on a shared machine. On PostgreSQL the database's own process counts too. Open times and confirms: no network, no web
server, no templates. Whole bookings: the real server on the loopback address, no TLS, no proxy.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres_server, tools

ROOT = Path(__file__).resolve().parent.parent
BASIS = "5,000 rows ahead"
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main():
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as folder:
        print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs. Ten clinicians, sixty days ahead.")
        show_all(f"sqlite:///{folder}/bench.sqlite3", folder)
        binaries = tools.postgres_folder()
        if binaries:
            with postgres_server.running(binaries) as database:
                # The one database that a fresh server has.
                show_all(database.rpartition("/")[0] + "/postgres", folder)
        else:
            print("\nPostgreSQL is not installed: measured on SQLite only.")
        other(folder)


def show_all(database, folder):
    show(ours("bench.open_times", database, folder))
    show_bookings(ours("bench.bookings", database, folder))
    show_mail_faults(ours("bench.mail_faults", database, folder))


def ours(program, database, folder):
    print(f"\n{database.partition(':')[0]}: {program}", file=sys.stderr, flush=True)
    environment = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "njspine.settings",
        "EMAIL_URL": "memorymail://",
        "HTTPS": "0",
        "SECRET_KEY": "only-for-a-measurement-0123456789-0123456789-0123456789",
        "VAR_DIR": folder,
    }
    done = subprocess.run(
        [sys.executable, "-m", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def show(figures):
    basis = next(one["cpu_ms"] for one in figures["targets"] if one["name"] == BASIS)
    print(f"\n{ENGINES[figures['engine']]}, {figures['rows']:,} rows in the ledger")
    print(f"{'':40}{'CPU ms':>9}{'ratio':>8}{'wall ms':>9}")
    for one in figures["targets"]:
        ratio = one["cpu_ms"] / basis
        print(f"{one['name']:40}{one['cpu_ms']:>9.2f}{ratio:>8.2f}{one['wall_ms']:>9.2f}  {one['note']}")
    print(f"{figures['quiet']:.0%} of the rounds had nine tenths of the machine for themselves.")


def show_bookings(figures):
    """The two presses that book, and all pages of a request; the patients' own processes do not count."""
    print("\nWhole bookings through the web server (4 processes), CPU ms of server and database for each")
    columns = ("choose a time", "send", "both", "all pages", "a second", "whole a second")
    print(f"{'':12}" + "".join(f"{name:>15}" for name in columns))
    for one in figures["crowds"]:
        names = ("hold_ms", "send_ms", "booking_ms", "all_pages_ms", "bookings_a_second", "whole_requests_a_second")
        clients = f"{one['clients']} client" + ("s" if one["clients"] > 1 else "")
        print(f"{clients:12}" + "".join(f"{one[name]:>15.2f}" for name in names))
    print(f"{figures['rivals']} patients at one instant for one time: {figures['winners']} has it.")


def show_mail_faults(figures):
    print(f"\nA patient's last press, {figures['presses']} times with each mail server")
    print(f"{'mail server':20}" + "".join(f"{name:>10}" for name in ("CPU ms", "ratio", "wall ms", "ratio")))
    for one in figures["mail_servers"]:
        shown = (one["cpu_ms"], one["cpu_ratio"], one["wall_ms"], one["wall_ratio"])
        print(f"{one['name']:20}" + "".join(f"{value:>10.2f}" for value in shown))


def other(folder):
    """django-appointment, asked for one clinician and one day: to set beside our line of that name on SQLite."""
    print()
    python = Path(folder) / "other" / "bin" / "python"
    steps = [
        [sys.executable, "-m", "venv", str(python.parent.parent)],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "django-appointment==3.12.0"],
    ]
    for step in steps:
        if subprocess.run(step, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            print("django-appointment could not be installed here: nothing to set beside our figures.")
            return
    command = [python, ROOT / "bench" / "other_system.py", f"{folder}/other.sqlite3"]
    done = subprocess.run(command, capture_output=True, cwd=folder)
    if done.returncode:
        print("django-appointment was installed but does not run here: " + done.stderr.decode().splitlines()[-1])
        return
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"django-appointment {found['version']}, one clinician, one day, SQLite: {found['cpu_ms']:.2f} ms CPU, "
        f"{found['times']} times, {found['queries']} queries\n"
        f"One booking of it, SQLite, without a web server: {found['booking_ms']:.2f} ms CPU; "
        f"{found['rivals']} patients for one time: {found['winners']} have it."
    )


if __name__ == "__main__":
    # So that a server of ours is stopped on the way out, whoever asks us to go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
