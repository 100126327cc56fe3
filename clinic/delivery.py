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
JITTER = 0.2

# RFC 1870: this message is larger than the server takes; said to the sender's line, yet not about the sender.
TOO_LARGE = 552

# To one mailbox, so that our form cannot be used to flood a stranger's.
MAILBOX_LIMITS = ((3, HOUR), (5, DAY))


class Verdict(enum.Enum):
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    LATER = "later"
    UNREACHABLE = "unreachable"  # says nothing about the message; nothing else is worth trying now
    UNKNOWN = "unknown"  # may have arrived: later, but only a few times
    HELD_BACK = "held back"  # waits for its turn at the mailbox


class Stage(enum.Enum):
    """How far the talk with the mail server came."""

    OPENING = "opening"  # greeting, encryption, sign-in
    SENDER = "sender"  # who we are: the same for every message
    RECIPIENT = "recipient"
    TEXT = "text"  # from here on it may have arrived


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


def outcome_of(error, *, stage):
    """What an exception from the mail server means that came at this stage of the talk."""
    name, code = type(error).__name__, _smtp_code(error)
    if stage is Stage.OPENING or isinstance(error, smtplib.SMTPHeloError):
        return Outcome(Verdict.UNREACHABLE, MessageReason.UNREACHABLE, name, code)
    if isinstance(error, smtplib.SMTPSenderRefused) and code != TOO_LARGE:
        return Outcome(Verdict.UNREACHABLE, MessageReason.PUT_OFF, name, code)
    if code is not None and 500 <= code <= 599:
        return Outcome(Verdict.FAILED, MessageReason.REFUSED, name, code)
    if (code is not None and 400 <= code <= 499) or isinstance(error, smtplib.SMTPRecipientsRefused):
        return Outcome(Verdict.LATER, MessageReason.PUT_OFF, name, code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(Verdict.FAILED, MessageReason.REFUSED, name)
    if isinstance(error, OSError):  # smtplib's own errors, broken connections and timeouts
        if stage is Stage.SENDER:
            return Outcome(Verdict.UNREACHABLE, MessageReason.UNREACHABLE, name, code)
        if stage is Stage.RECIPIENT:
            # Some servers hang up on a recipient that they do not like: the others must not wait for this one.
            return Outcome(Verdict.LATER, MessageReason.UNREACHABLE, name, code)
        return Outcome(Verdict.UNKNOWN, MessageReason.UNKNOWN, name, code)
    return Outcome(Verdict.FAILED, MessageReason.CANNOT_RENDER, name)


def _smtp_code(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((code for code, _ in error.recipients.values()), None)
    else:
        code = getattr(error, "smtp_code", None)
    # smtplib says -1 for an answer that is none, and takes any three digits for a number.
    return code if code is not None and 100 <= code <= 599 else None


def retry_delay(*, attempts, seed):
    """How long to wait after the try number `attempts`: 1 min x 2^n up to an hour, less up to a fifth of it.

    The part taken off depends on `seed` and `attempts` alone, so that many messages do not come back together and
    a test can foretell it.
    """
    doublings = min(max(attempts - 1, 0), 10)
    spread = random.Random(f"{seed}:{attempts}").random()  # noqa: S311  spreads load, guards nothing
    return min(MINUTE * 2**doublings, LONGEST_DELAY) * (1 - JITTER * spread)


def mailbox_free_at(handed_over, *, now):
    """When one more message may go to a mailbox that got messages at the instants `handed_over`; None for at once."""
    newest_first = sorted(handed_over, reverse=True)
    waits = [newest_first[most - 1] + window for most, window in MAILBOX_LIMITS if len(newest_first) >= most]
    free_at = max(waits, default=now)
    return free_at if free_at > now else None
