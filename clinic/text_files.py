"""Text messages that stay here: one file each under settings.TEXT_DIR, for tests and for looking at."""

import datetime
import logging
import os
import re

from django.conf import settings

from clinic import text_backend
from clinic.mail_files import KEEP_FILES_FOR

logger = logging.getLogger(__name__)


class TextBackend(text_backend.TextBackend):
    """Writes each text, readable by its owner alone, and logs its message id. Receives nothing."""

    leaves = False

    def send(self, to, body, message_id, timeout):
        settings.TEXT_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9]", "", message_id.partition("@")[0])[:80]
        path = settings.TEXT_DIR / f"{name}.txt"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(f"To: {to}\n\n{body}\n")
        logger.info("text message %s stays here: %s", message_id, path)


def purge_text_files(*, now):
    """Delete text files older than a week. Returns how many."""
    old = [
        path
        for path in settings.TEXT_DIR.glob("*.txt")
        if datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC) < now - KEEP_FILES_FOR
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
