"""The settings speak when they are wrong: one sentence, exit code 1, no traceback, and never the value itself."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "k" * 60,
    "SITE_URL": "https://www.clinic.example",
    "DATABASE_URL": "postgres://clinic:Pa55word@db.example:5432/clinic",
    "EMAIL_URL": "smtp+tls://clinic:Pa55word@mail.example:587",
    "TRUSTED_PROXIES": "10.0.0.0/8,192.0.2.7",
}


def python(code, environment, **options):
    """What another Python says that has only `environment`."""
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": "/nonexistent", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, **options
    )


def setting(name, environment):
    done = python(
        f"import json, njspine.settings as s; print(json.dumps(s.{name}, default=str))", {**PRODUCTION, **environment}
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


REFUSED = {
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
    "database scheme": ({"DATABASE_URL": "mysql://u:Pa55word@h/n"}, "DATABASE_URL is not understood."),
    "database nonsense": ({"DATABASE_URL": "Pa55word"}, "DATABASE_URL is not understood."),
    "database port": ({"DATABASE_URL": "postgres://u:Pa55word@h:x/n"}, "DATABASE_URL is not understood."),
    "database without name": ({"DATABASE_URL": "postgres://u:Pa55word@h"}, "DATABASE_URL is not understood."),
    "mail": ({"EMAIL_URL": "pigeon://u:Pa55word@h"}, "EMAIL_URL is not understood."),
    "port": ({"PORT": "eighty"}, "PORT must be a whole number from 1 to 65535."),
    "port too high": ({"PORT": "70000"}, "PORT must be a whole number from 1 to 65535."),
    "site without scheme": ({"SITE_URL": "www.clinic.example"}, "SITE_URL must look like"),
    "site with path": ({"SITE_URL": "https://clinic.example/spine"}, "SITE_URL must look like"),
    "site with port nonsense": ({"SITE_URL": "https://clinic.example:x"}, "SITE_URL must look like"),
    "proxies": ({"TRUSTED_PROXIES": "10.0.0.0/8,loadbalancer"}, "TRUSTED_PROXIES must be addresses or networks"),
    "log level": ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR."),
    "hsts": ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS must be a whole number"),
}


@pytest.mark.parametrize(("environment", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_value_is_refused_with_one_sentence(environment, sentence):
    done = python("import njspine.settings", {**PRODUCTION, **environment})
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1
    assert "Pa55word" not in done.stderr


def test_manage_py_refuses_the_same_way():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "SECRET_KEY is not set." in done.stderr


def test_the_key_that_make_run_made_is_found(tmp_path):
    (tmp_path / "secret_key").write_text("from the file\n")
    assert setting("SECRET_KEY", {"SECRET_KEY": "", "VAR_DIR": str(tmp_path)}) == "from the file"
    assert setting("SECRET_KEY", {"SECRET_KEY": "from outside", "VAR_DIR": str(tmp_path)}) == "from outside"


def test_an_empty_key_file_is_no_key(tmp_path):
    (tmp_path / "secret_key").write_text("\n")
    done = python("import njspine.settings", {"VAR_DIR": str(tmp_path)})
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_https_is_one_switch():
    names = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    for name in names:
        assert setting(name, {}) is True
        assert setting(name, {"SITE_URL": "http://localhost:8000"}) is False
        assert setting(name, {"HTTPS": "0"}) is False
    assert setting("SECURE_HSTS_SECONDS", {}) == 31_536_000
    assert setting("SECURE_HSTS_SECONDS", {"HTTPS": "0"}) == 0
    assert setting("SESSION_COOKIE_NAME", {}) == "__Host-sessionid"
    assert setting("SESSION_COOKIE_NAME", {"HTTPS": "0"}) == "sessionid"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites():
    for name in ("SESSION", "CSRF"):
        assert setting(f"{name}_COOKIE_HTTPONLY", {}) is True
        assert setting(f"{name}_COOKIE_SAMESITE", {}) == "Lax"


def test_hosts_come_from_the_site_s_address():
    assert setting("ALLOWED_HOSTS", {}) == ["www.clinic.example", "localhost", "127.0.0.1", "[::1]"]
    assert setting("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "a.example,b.example"})[1:] == ["a.example", "b.example"]
    assert setting("SITE_URL", {"SITE_URL": "", "PORT": "8123"}) == "http://localhost:8123"


def test_debug_is_off_unless_asked_for():
    assert setting("DEBUG", {}) is False
    assert setting("DEBUG", {"DEBUG": "1"}) is True


def test_production_settings_pass_django_s_deployment_checks():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": "/nonexistent", **PRODUCTION, "SECRET_KEY": "aBc9-" * 15},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def names_read():
    """Every name that the code reads from the environment."""
    found = set()
    for path in (ROOT / "njspine").glob("*.py"):
        source = path.read_text()
        found |= set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', source))
        found |= set(re.findall(r'\b(?:whole_number|one_of|networks)\(\s*"([A-Z_]+)"', source))
    return found


def test_the_readme_s_table_lists_every_setting():
    readme = (ROOT / "README.md").read_text()
    listed = re.findall(r"^\| `([A-Z_]+)` \|", readme, flags=re.MULTILINE)
    assert sorted(listed) == sorted(names_read())
    assert len(listed) == len(set(listed))
    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "SITE_URL", "WEB_WORKERS", "TRUSTED_PROXIES"} <= set(listed)
