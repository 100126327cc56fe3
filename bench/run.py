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
OTHER = "django-appointment==3.12.0"
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main():
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as folder:
        print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}.", end=" ")
        print("Ten clinicians, sixty days ahead.")
        other_python = install_other(folder)
        show_all(f"sqlite:///{folder}/bench.sqlite3", folder, other_python)
        binaries = tools.postgres_folder()
        if binaries:
            with postgres_server.running(binaries) as database:
                # The one database that a fresh server has.
                show_all(database.rpartition("/")[0] + "/postgres", folder, other_python)
        else:
            print("\nPostgreSQL is not installed: measured on SQLite only.")
        if other_python:
            show_other(other_python, folder)


def show_all(database, folder, other_python):
    show(ours("bench.open_times", database, folder))
    show_bookings(ours("bench.bookings", database, folder, other_python))
    show_mail_faults(ours("bench.mail_faults", database, folder))


def ours(program, database, folder, other_python=None):
    print(f"\n{database.partition(':')[0]}: {program}", file=sys.stderr, flush=True)
    environment = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "njspine.settings",
        "EMAIL_URL": "memorymail://",
        "HTTPS": "0",
        "SECRET_KEY": "only-for-a-measurement-0123456789-0123456789-0123456789",
        "VAR_DIR": folder,
    }
    if other_python:
        environment["OTHER_PYTHON"] = str(other_python)
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
    print(f"\n{ENGINES[figures['engine']]}: whole bookings through the web server (4 processes)")
    print("CPU ms of server and database for each; the other system's presses through a server of its own, same rounds")
    columns = {
        "hold": "hold_ms",
        "send": "send_ms",
        "both": "booking_ms",
        "other's": "other_ms",
        "ratio": "ratio",
        "all pages": "all_pages_ms",
        "a second": "bookings_a_second",
        "whole a second": "whole_requests_a_second",
    }
    print(f"{'':12}" + "".join(f"{name:>{len(name) + 4}}" for name in columns))
    for one in figures["crowds"]:
        clients = f"{one['clients']} client" + ("s" if one["clients"] > 1 else "")
        cells = (f"{one[key]:.2f}" if key in one else "-" for key in columns.values())
        print(f"{clients:12}" + "".join(f"{cell:>{len(name) + 4}}" for name, cell in zip(columns, cells, strict=True)))
    print(f"{figures['rivals']} patients at one instant for one time: {figures['winners']} has it.")


def show_mail_faults(figures):
    print(f"\nA patient's last press, {figures['presses']} times with each mail server")
    print(f"{'mail server':20}" + "".join(f"{name:>10}" for name in ("CPU ms", "ratio", "wall ms", "ratio")))
    for one in figures["mail_servers"]:
        shown = (one["cpu_ms"], one["cpu_ratio"], one["wall_ms"], one["wall_ratio"])
        print(f"{one['name']:20}" + "".join(f"{value:>10.2f}" for value in shown))


def install_other(folder):
    """A Python that has django-appointment, None where pip cannot have it; says so."""
    python = Path(folder) / "other" / "bin" / "python"
    packages = [OTHER, "gunicorn", "psycopg[binary]"]
    steps = [
        [sys.executable, "-m", "venv", str(python.parent.parent)],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
    ]
    for step in steps:
        if subprocess.run(step, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            print(f"{OTHER} could not be installed here: nothing to set beside our figures.")
            return None
    return python


def show_other(python, folder):
    """django-appointment, asked for one clinician and one day: to set beside our line of that name on SQLite."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.other_settings"}
    environment |= {"OTHER_DATABASE": f"{folder}/other-alone.sqlite3", "PYTHONPATH": str(ROOT)}
    command = [python, "-m", "bench.other_system"]
    done = subprocess.run(command, capture_output=True, cwd=folder, env=environment)
    if done.returncode:
        print("\ndjango-appointment was installed but does not run here: " + done.stderr.decode().splitlines()[-1])
        return
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"\ndjango-appointment {found['version']}, one clinician, one day, SQLite: {found['cpu_ms']:.2f} ms CPU, "
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
