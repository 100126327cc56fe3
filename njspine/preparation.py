"""Everything between the code and a site that answers: folders, static files, tables, a sample clinic, a sign-in.

Each step looks first whether it is needed and can be repeated after it broke off half-way.
"""

import fcntl
import hashlib
import secrets
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from clinic.models import Clinic
from content.models import Page
from content.search.index import rebuild
from njspine.environment import SQLITE, refuse

FIRST_USER = "admin"
# Without the letters and digits that people confuse when they read a password from a screen.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105  an alphabet, not a password


@contextmanager
def alone():
    """One at a time: two first runs side by side would both make the sample clinic."""
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        lock = (settings.VAR_DIR / "prepare.lock").open("w")
    except OSError:
        refuse(f"{settings.VAR_DIR} cannot be written. Make it writable, or set VAR_DIR to a folder that is.")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_database():
    """End the program with a sentence when the database does not answer."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        database = connection.settings_dict
        if database["ENGINE"] == SQLITE:
            refuse(
                f"The database file {database['NAME']} cannot be opened. Check DATABASE_URL and the folder's rights."
            )
        refuse(
            f"The database at {database['HOST'] or 'localhost'}:{database['PORT'] or 5432} does not answer, "
            "or refuses this user. Start it, or correct DATABASE_URL."
        )


def static_files():
    """Collect and compress the static files, unless those of exactly this code are there already."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    wanted = static_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def static_fingerprint():
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def tables():
    call_command("migrate", interactive=False, verbosity=0)


def search_index():
    """Let the search find live pages that it does not know: those from before there was a search."""
    if Page.objects.published().filter(search_entries=None).exists():
        rebuild()


def sample_clinic():
    """The sample clinic, whole or not at all, when there is no clinic yet. True when it was made now."""
    if Clinic.objects.exists():
        return False
    with transaction.atomic():
        call_command("seed_clinic", verbosity=0)
    return True


def first_sign_in():
    """The password of the first account when it was made now, else None. It is kept nowhere but as a hash."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    letters = "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(16))
    password = "-".join(letters[start : start + 4] for start in range(0, 16, 4))
    users.create_superuser(FIRST_USER, password=password)
    return password
