"""From a bare python3 to the command that was asked for: `python3 deploy/bootstrap.py run`.

Only the standard library, and only syntax that an old Python can read: it has to live long enough to say what is
missing. Nothing is downloaded when the requirements are those of the last time.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
# What each command needs, and what it then runs.
COMMANDS = {
    "run": ("requirements.txt", ["manage.py", "serve", "--prepare"]),
    "test": ("requirements-dev.txt", ["tests/run.py", "test"]),
    "proof": ("requirements-dev.txt", ["tests/run.py", "proof"]),
    "bench": ("requirements-dev.txt", ["-m", "bench.run"]),
    "lint": ("requirements-dev.txt", ["deploy/lint.py"]),
}


def refuse(sentence):
    sys.exit(sentence)


def check_python():
    if sys.version_info < OLDEST:
        refuse(
            "Python {}.{} or newer is needed; this is {}.{}. Install it, or name it: make run PYTHON=python3.12".format(
                *(OLDEST + sys.version_info[:2])
            )
        )


def fingerprint(requirements):
    """Of the Python and of every requirements file that counts, so that a change of either installs again."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", requirements):
        with open(os.path.join(ROOT, name), "rb") as lines:
            digest.update(lines.read())
    return digest.hexdigest()


def installed(requirements):
    """Whether the last run got to its end with these very requirements (or with more: dev holds the others)."""
    for name in {requirements, "requirements-dev.txt"}:
        try:
            with open(stamp_of(name)) as stamp:
                if stamp.read() == fingerprint(name):
                    return works(PYTHON, "import django")
        except OSError:
            continue
    return False


def stamp_of(requirements):
    return os.path.join(VENV, "." + requirements + ".installed")


def works(python, code):
    try:
        return quietly([python, "-c", code]) == 0
    except OSError:
        return False


def quietly(command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def make_environment():
    """A virtual environment with pip in it. One that a broken-off run left behind is made anew."""
    if works(PYTHON, "import sys, pip; assert sys.version_info >= " + repr(OLDEST)):
        return
    if not works(sys.executable, "import venv, ensurepip"):
        refuse("Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv")
    try:
        shutil.rmtree(VENV, ignore_errors=True)
        broken = quietly([sys.executable, "-m", "venv", VENV])
    except OSError:
        broken = True
    if broken:
        refuse(f"The virtual environment could not be made in {VENV}. Is the folder writable, the disk full?")


def install(requirements):
    print("Installing packages into .venv (the first time takes a minute or two) ...", flush=True)
    for name in ("requirements.txt", "requirements-dev.txt"):
        if os.path.exists(stamp_of(name)):
            os.remove(stamp_of(name))
    log = os.path.join(VENV, "install.log")
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2"]
    with open(log, "w") as lines:
        done = subprocess.run(
            [*command, "-r", os.path.join(ROOT, requirements)], stdout=lines, stderr=subprocess.STDOUT, cwd=ROOT
        )
    if done.returncode:
        refuse(f"The packages could not be installed. Is this machine online? What pip said is in {log}")
    with open(stamp_of(requirements), "w") as stamp:
        stamp.write(fingerprint(requirements))


def make_secret_key(folder):
    """A key of this installation's own, readable by its user alone, unless the environment names one."""
    path = os.path.join(folder, "secret_key")
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(path) and os.path.getsize(path):
            return
        unfinished = f"{path}.{os.getpid()}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as key:
            key.write(secrets.token_urlsafe(50))
        os.replace(unfinished, path)
    except OSError:
        refuse(f"{folder} cannot be written. Make it writable, or set VAR_DIR to a folder that is.")


def main(name):
    check_python()
    requirements, command = COMMANDS[name]
    os.chdir(ROOT)
    if name == "run" and not os.environ.get("SECRET_KEY"):
        make_secret_key(os.environ.get("VAR_DIR") or os.path.join(ROOT, "var"))
    if not installed(requirements):
        make_environment()
        install(requirements)
    os.execv(PYTHON, [PYTHON, *command])


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        refuse("Say one of: " + ", ".join(COMMANDS))
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("Stopped.")
