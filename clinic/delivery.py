"""How a try to send ended, and when to try again: rules over plain values.

The SMTP answers are those of RFC 5321, section 4.2.1: 4yz may pass, 5yz will not.
"""

import datetime
import enum
import random
import smtplib
from dataclasses import dataclass

from clinic.states import MessageReason

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)

LONGEST_DELAY = HOUR
# A dead server says nothing about the message: what waits for it leaves within five minutes of its return.
LONGEST_DELAY_WHILE_UNREACHABLE = 4 * MINUTE
JITTER = 0.2

# To one mailbox, so that our form cannot be used to flood a stranger's.
MAILBOX_LIMITS = ((3, HOUR), (5, DAY))


class Verdict(enum.Enum):
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    LATER = "later"
    UNREACHABLE = "unreachable"  # later as well, and nothing else is worth trying now
    UNKNOWN = "unknown"  # may have arrived: later, but only a few times
    HELD_BACK = "held back"  # waits for its turn at the mailbox


NOT_SENT = (Verdict.LATER, Verdict.UNREACHABLE, Verdict.HELD_BACK)


@dataclass(frozen=True)
class Outcome:
    """How one try ended. Of an error only its class and the server's number are kept: its text may hold an address."""

    verdict: Verdict
    reason: str = ""
    error_class: str = ""
    smtp_code: int | None = None
    free_at: datetime.datetime | None = None

    @property
    def surely_not_sent(self):
        return self.verdict in NOT_SENT or self.reason == MessageReason.REFUSED


def outcome_of(error, *, handing_over):
    """What an exception from the mail server means.

    `handing_over` is false until greeting, encryption and sign-in are done: up to there nothing can have arrived.
    """
    name, code = type(error).__name__, _smtp_code(error)
    if not handing_over or isinstance(error, smtplib.SMTPHeloError):
        return Outcome(Verdict.UNREACHABLE, MessageReason.UNREACHABLE, name, code)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Outcome(Verdict.LATER, MessageReason.PUT_OFF, name, code)
    if code is not None:
        if 500 <= code <= 599:
            return Outcome(Verdict.FAILED, MessageReason.REFUSED, name, code)
        return Outcome(Verdict.LATER, MessageReason.PUT_OFF, name, code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(Verdict.FAILED, MessageReason.REFUSED, name)
    if isinstance(error, OSError):  # smtplib's own errors, broken connections and timeouts
        return Outcome(Verdict.UNKNOWN, MessageReason.UNKNOWN, name)
    return Outcome(Verdict.FAILED, MessageReason.CANNOT_RENDER, name)


def _smtp_code(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _ in error.recipients.values()), None)
    code = getattr(error, "smtp_code", None)
    # smtplib says -1 for an answer that is none.
    return code if code is not None and code >= 100 else None


def retry_delay(*, attempts, seed, unreachable=False):
    """How long to wait after the try number `attempts`: 1 min x 2^n up to an hour, less up to a fifth of it.

    The part taken off depends on `seed` and `attempts` alone, so that many messages do not come back together and
    a test can foretell it.
    """
    longest = LONGEST_DELAY_WHILE_UNREACHABLE if unreachable else LONGEST_DELAY
    doublings = min(max(attempts - 1, 0), 10)
    spread = random.Random(f"{seed}:{attempts}").random()  # noqa: S311  spreads load, guards nothing
    return min(MINUTE * 2**doublings, longest) * (1 - JITTER * spread)


def mailbox_free_at(handed_over, *, now):
    """When one more message may go to a mailbox that got messages at the instants `handed_over`; None for at once."""
    newest_first = sorted(handed_over, reverse=True)
    waits = [newest_first[most - 1] + window for most, window in MAILBOX_LIMITS if len(newest_first) >= most]
    free_at = max(waits, default=now)
    return free_at if free_at > now else None
