"""From a bare machine to the site: what `make` says when something is missing, and what it repairs."""

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """deploy/bootstrap.py, working on a folder of its own that holds two small requirements files."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "deploy" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    return module


def refused(call, *arguments):
    with pytest.raises(SystemExit) as ended:
        call(*arguments)
    sentence = ended.value.code
    assert isinstance(sentence, str)
    assert "\n" not in sentence
    return sentence


def test_an_old_python(bootstrap, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert refused(bootstrap.check_python).startswith("Python 3.11 or newer is needed; this is 3.9.")


def test_no_venv(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "works", lambda python, code: False)
    assert "apt-get install python3-venv" in refused(bootstrap.make_environment)


def test_a_folder_that_cannot_be_written(bootstrap, tmp_path):
    (tmp_path / "var").write_text("a file stands where the folder should be")
    assert "cannot be written" in refused(bootstrap.make_secret_key, str(tmp_path / "var"))


def test_packages_that_do_not_come(bootstrap, monkeypatch, tmp_path):
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "PYTHON", "/bin/false")
    assert "Is this machine online?" in refused(bootstrap.install, "requirements.txt")
    assert not bootstrap.installed("requirements.txt")


class TestInstalled:
    @pytest.fixture(autouse=True)
    def environment(self, bootstrap, monkeypatch, tmp_path):
        (tmp_path / ".venv").mkdir()
        monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)

    def stamp(self, bootstrap, name):
        Path(bootstrap.stamp_of(name)).write_text(bootstrap.fingerprint(name))

    def test_nothing_yet(self, bootstrap):
        assert not bootstrap.installed("requirements.txt")

    def test_the_same_requirements_are_not_installed_again(self, bootstrap):
        self.stamp(bootstrap, "requirements.txt")
        assert bootstrap.installed("requirements.txt")
        assert not bootstrap.installed("requirements-dev.txt")

    def test_the_developers_packages_hold_the_others(self, bootstrap):
        self.stamp(bootstrap, "requirements-dev.txt")
        assert bootstrap.installed("requirements.txt")

    @pytest.mark.parametrize("changed", ["requirements.txt", "requirements-dev.txt"])
    def test_a_changed_line_installs_again(self, bootstrap, tmp_path, changed):
        self.stamp(bootstrap, "requirements-dev.txt")
        (tmp_path / changed).write_text("Django==0\n")
        assert not bootstrap.installed("requirements-dev.txt")

    def test_a_first_run_that_broke_off_is_taken_up_again(self, bootstrap):
        self.stamp(bootstrap, "requirements.txt")
        bootstrap.PYTHON = "/nonexistent/python"
        assert not bootstrap.installed("requirements.txt")


class TestSecretKey:
    def test_it_is_long_and_readable_by_its_owner_alone(self, bootstrap, tmp_path):
        bootstrap.make_secret_key(str(tmp_path / "var"))
        path = tmp_path / "var" / "secret_key"
        assert len(path.read_text()) >= 50
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.listdir(path.parent) == ["secret_key"]

    def test_the_next_run_keeps_it(self, bootstrap, tmp_path):
        bootstrap.make_secret_key(str(tmp_path))
        first = (tmp_path / "secret_key").read_text()
        bootstrap.make_secret_key(str(tmp_path))
        assert (tmp_path / "secret_key").read_text() == first

    def test_an_empty_one_of_a_run_that_broke_off_is_made_anew(self, bootstrap, tmp_path):
        (tmp_path / "secret_key").write_text("")
        bootstrap.make_secret_key(str(tmp_path))
        assert (tmp_path / "secret_key").read_text()


def test_an_unknown_command_is_told_the_known_ones():
    done = subprocess.run([sys.executable, "deploy/bootstrap.py", "dance"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "Say one of: run, test, proof, bench, lint\n")
