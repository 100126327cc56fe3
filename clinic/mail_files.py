"""Mail that stays here: one file a message under settings.MAIL_DIR, for a newcomer who has no mail server.

Django's console backend prints whole mails, and the console is a log. This one prints what may stand in a log.
"""

import datetime
import logging
import os
import re

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

# The files hold names and addresses, and exist only so that somebody can look at them now.
KEEP_FILES_FOR = datetime.timedelta(days=7)


class EmailBackend(BaseEmailBackend):
    """Writes each mail, readable by its owner alone, and logs its Message-ID and subject."""

    def send_messages(self, email_messages):
        settings.MAIL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        for email in email_messages:
            message = email.message()
            name = re.sub(r"[^A-Za-z0-9]", "", message["Message-ID"].partition("@")[0])[:80]
            path = settings.MAIL_DIR / f"{name}.eml"
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            logger.info("mail %s “%s” stays here: %s", message["Message-ID"], email.subject, path)
        return len(email_messages)


def purge_files(*, now):
    """Delete mail files older than a week. Returns how many."""
    old = [
        path
        for path in settings.MAIL_DIR.glob("*.eml")
        if datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC) < now - KEEP_FILES_FOR
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
