"""Which code is running: part of every public page's ETag, so that a new release is a new page."""

import hashlib
from functools import lru_cache

from django.conf import settings

# Everything in the repository that can change what a page says.
SOURCES = (
    ("booking", "**/*.py"),
    ("clinic", "**/*.py"),
    ("content", "**/*.py"),
    ("njspine", "**/*.py"),
    ("locale", "**/*.mo"),
    ("static", "**/*"),
    ("templates", "**/*"),
    (".", "requirements.txt"),
)


def read_revision(base_dir):
    """A hash of the sources' names and contents: the same on every machine that runs the same release."""
    digest = hashlib.sha256()
    for folder, pattern in SOURCES:
        for path in sorted(p for p in (base_dir / folder).glob(pattern) if p.is_file()):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(base_dir)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def code_revision():
    """The revision of this process, read once; read every time while templates are being written (DEBUG)."""
    return read_revision(settings.BASE_DIR) if settings.DEBUG else _revision_at_start()


@lru_cache(maxsize=1)
def _revision_at_start():
    return read_revision(settings.BASE_DIR)
