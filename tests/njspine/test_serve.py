"""`manage.py serve --prepare`, as `make run` starts it: a site from nothing, again, and refused in a sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.processes import alive, until

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    def __init__(self, folder, **environment):
        self.folder = folder
        self.port = free_port()
        self.environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 60, "VAR_DIR": str(folder)}
        self.environment |= {"PORT": str(self.port), **environment}
        self.process = None

    def start(self):
        with (self.folder / "said").open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--prepare"],
                cwd=ROOT,
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(lambda: self.process.poll() is not None or "Listening at" in self.text(), "the web server to start")
        return self

    def text(self):
        return (self.folder / "said").read_text()

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def run(environment):
    return subprocess.run(
        [sys.executable, "manage.py", "serve", "--prepare"], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def assert_one_sentence(done, expected):
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert expected in done.stderr


@pytest.mark.proof
@pytest.mark.engine_free
def test_the_site_from_nothing_and_again(tmp_path):
    site = Site(tmp_path).start()
    first = site.text()
    password = re.search(r"Password: +(\S+)\n", first)[1]
    assert f"http://localhost:{site.port}/" in first
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password)

    assert site.get("/readyz") == (200, "ok\n")
    assert site.get("/conditions/sciatica/?name=canary-in-the-query")[0] == 200
    assert site.get("/no/such%0Apage/?name=canary-in-the-query")[0] == 404
    until(lambda: "GET /no/such" in site.text(), "the line of the access log")
    assert "canary-in-the-query" not in site.text()
    assert "GET /no/such\\npage/ 404" in site.text()
    assert "127.0.0.1" not in site.text().split("Booting worker")[-1]

    busy = run(site.environment)
    assert_one_sentence(busy, f"Port {site.port} is in use.")

    assert site.stop() == 0
    with pytest.raises(urllib.error.URLError):
        site.get("/livez")
    for pid in map(int, re.findall(r"pid: (\d+)", site.text())):
        assert not alive(pid)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "said"]
    assert not any(password.encode() in path.read_bytes() for path in kept)

    again = Site(tmp_path).start()
    assert "Password:" not in again.text()
    assert "Made the sample clinic" not in again.text()
    assert again.get("/readyz") == (200, "ok\n")
    assert again.stop() == 0


def test_a_database_that_does_not_answer(tmp_path):
    site = Site(tmp_path, DATABASE_URL=f"postgres://clinic:Pa55word@127.0.0.1:{free_port()}/clinic")
    done = run(site.environment)
    assert_one_sentence(done, "does not answer, or refuses this user.")
    assert "Pa55word" not in done.stderr


def test_a_database_file_in_no_folder(tmp_path):
    site = Site(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/clinic.sqlite3")
    assert_one_sentence(run(site.environment), "cannot be opened.")


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "var").write_text("a file stands where the folder should be")
    site = Site(tmp_path, VAR_DIR=str(tmp_path / "var"))
    assert_one_sentence(run(site.environment), "cannot be written.")


def test_a_host_that_is_not_ours(tmp_path):
    site = Site(tmp_path, HOST="192.0.2.1")
    assert_one_sentence(run(site.environment), "is no address of this machine.")
