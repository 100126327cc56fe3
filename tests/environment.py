"""What the settings read before the first test: loaded as a pytest plugin, ahead of Django."""

import atexit
import os
import shutil
import tempfile


def own_folder():
    """A folder for this run. The workers of pytest-xdist inherit it; the process that made it removes it."""
    folder = tempfile.mkdtemp(prefix="clinic-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


os.environ.setdefault("SECRET_KEY", "a-key-for-tests-only-that-guards-nothing-0123456789")
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = own_folder()
os.environ.setdefault("DATABASE_URL", "sqlite:///" + os.path.join(os.environ["VAR_DIR"], "tests.sqlite3"))
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["SITE_URL"] = "https://clinic.example"
# The test client and the test servers speak plain HTTP.
os.environ["HTTPS"] = "0"
for name in ("DEBUG", "HOST", "PORT", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "CLINIC_PHONE", "LOG_LEVEL"):
    os.environ.pop(name, None)
