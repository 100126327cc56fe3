"""The programs beside Python that tests want: where they are, and what their absence means."""

import glob
import os
import shutil

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
POSTGRES_PROGRAMS = ("initdb", "postgres")
# Debian keeps them out of PATH, one folder a version.
POSTGRES_FOLDERS = "/usr/lib/postgresql/*/bin"


def chromium():
    """The path of a browser that playwright can drive, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def postgres_folder():
    """The folder that holds initdb and postgres, the newest version first, or None."""
    in_path = shutil.which("initdb")
    newest_first = sorted(glob.glob(POSTGRES_FOLDERS), key=version_of, reverse=True)
    for folder in [*([os.path.dirname(os.path.realpath(in_path))] if in_path else []), *newest_first]:
        if all(os.access(os.path.join(folder, program), os.X_OK) for program in POSTGRES_PROGRAMS):
            return folder
    return None


def version_of(folder):
    name = folder.split("/")[-2]
    return int(name) if name.isdigit() else 0


def need(tool, name):
    """Skip the test where a tool is missing; in CI, where everything is installed, that is a failure."""
    if tool:
        return tool
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing, and CI must have it")
    pytest.skip(f"{name} is not installed")
