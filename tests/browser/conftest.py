"""A real server process with the sample clinic, and a real chromium."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without these chromium keeps asking its vendor's hosts, and would count as a request to another origin.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
STAFF_PASSWORD = "only-for-browser-tests-7"


def pytest_collection_modifyitems(items):
    # A file stays on one worker; each worker has one server and one browser.
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(item.path.stem))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """gunicorn on its own SQLite database in its own folder, with the sample clinic in it."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = os.environ | {
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite3'}",
            "SECRET_KEY": "a-key-for-browser-tests-only-0123456789-0123456789",
            "SITE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "njspine.settings",
            # Texts are on, so that the form asks about them; no worker runs here that could send one.
            "TEXT_BACKEND": "tests.texts.Provider",
        }
        self.env.pop("EMAIL_URL", None)
        self.process = None

    def manage(self, *arguments, stdin=None):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            input=stdin,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"manage.py {arguments[0]}: {done.stdout[-2000:]} {done.stderr[-4000:]}"
        return done.stdout

    def start(self):
        self.manage("collectstatic", "--noinput", "-v0")
        self.manage("migrate", "-v0")
        self.manage("seed_clinic")
        self.manage("shell", "-v0", "-c", STAFF)
        self.log = (self.folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{self.port}", "njspine.wsgi:application"],
            cwd=ROOT,
            env=self.env,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/livez", timeout=2).close()
            except OSError:
                assert self.process.poll() is None, (self.folder / "server.log").read_text()[-4000:]
                continue
            return self
        raise AssertionError("the server did not answer within a minute")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()


# One person per role, made in the server's own database.
STAFF = f"""
from django.contrib.auth.models import Group, User
from clinic.models import Practitioner
people = {{"desk": "Front desk", "editor": "Editor", "publisher": "Publisher", "root": ""}}
people["reviewer"] = "Clinical reviewer"
for name, group in people.items():
    user = User.objects.create_user(name, password={STAFF_PASSWORD!r}, is_staff=True, is_superuser=name == "root")
    user.groups.set(Group.objects.filter(name=group))
clinician = Practitioner.objects.first()
clinician.user = User.objects.get(username="reviewer")
clinician.save()
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Watched:
    """A browser context that remembers everything a strict site must not do."""

    def __init__(self, browser, server, **options):
        self.server = server
        self.context = browser.new_context(base_url=server.url, locale="en-US", timezone_id="Europe/Athens", **options)
        self.context.set_default_timeout(10_000)
        self.foreign, self.complaints = [], []
        self.context.on("request", self.on_request)
        self.context.on("console", self.on_console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def on_request(self, request):
        if not request.url.startswith((self.server.url, "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def on_console(self, message):
        if message.type == "error" and not re.search(r"status of (4\d\d|503)", message.text):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def page(self):
        return self.context.new_page()

    def check(self):
        assert not self.foreign, "\n".join(self.foreign)
        assert not self.complaints, "\n".join(self.complaints)


@pytest.fixture
def watched(browser, server):
    """A factory of watched contexts; each is checked and closed after the test."""
    made = []

    def make(**options):
        made.append(Watched(browser, server, **options))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    for one in made:
        one.check()


def sign_in(page, name):
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(STAFF_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/admin/(?!login)"))
