"""A PostgreSQL server of our own for one test run: made from the installed binaries, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# For tests only: a crash of the machine may lose everything, and that makes it several times as fast.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
START_WITHIN_SECONDS = 30


def other_user():
    """PostgreSQL refuses to run as root: whom to run it as instead, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("no user to run PostgreSQL as")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(binaries):
    """Yields a DATABASE_URL for a superuser of a fresh server on this machine's loopback address."""
    folder = tempfile.mkdtemp(prefix="clinic-pg-")
    user = other_user()
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    server = None
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = os.path.join(folder, "data")
        initdb = [f"{binaries}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user)
        port = free_port()
        command = [f"{binaries}/postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1"]
        for setting in FAST:
            command += ["-c", setting]
        with open(os.path.join(folder, "log"), "w") as log:
            # A session of its own, so that Ctrl-C reaches the tests first and the server is stopped after them.
            server = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **as_user
            )
        wait_until_ready(binaries, port, server)
        yield f"postgres://postgres@127.0.0.1:{port}/clinic"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(binaries, port, server):
    deadline = time.monotonic() + START_WITHIN_SECONDS
    ask = [f"{binaries}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ask).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the PostgreSQL server of the tests did not start")
        time.sleep(0.1)
