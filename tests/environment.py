"""What the settings read before the first test: loaded as a pytest plugin, ahead of Django."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "a-key-for-tests-only-that-guards-nothing-0123456789")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="clinic-tests-"))
os.environ.setdefault("DATABASE_URL", "sqlite:///" + os.path.join(os.environ["VAR_DIR"], "tests.sqlite3"))
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["SITE_URL"] = "https://clinic.example"
os.environ.pop("DEBUG", None)
