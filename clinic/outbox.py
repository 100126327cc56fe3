"""Outgoing messages: written with the record they are about, sent later, at least once, never twice by plan.

A row is made in the caller's transaction, so a message exists exactly when its cause does. A worker claims one row by
a conditional UPDATE, renders it from the record as it is then, talks to the mail server with no transaction open, and
finishes it by its token. A worker killed between the server's yes and the mark costs one extra copy, with the same
Message-ID; nobody can do better.
"""

import datetime
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils.translation import gettext

from clinic import heartbeat
from clinic.channels import CHANNELS, Ready, send
from clinic.claims import DATABASE_AWAY, MOST_UNKNOWN_TRIES, claim, finish
from clinic.delivery import DAY, Outcome, Verdict, mailbox_free_at
from clinic.faults import describe
from clinic.mail import OutgoingMail, Skip, Wait, render_mail
from clinic.models import OutgoingMessage
from clinic.states import OPEN_MESSAGE_STATES, PATIENT_REASONS, MessageChannel, MessageReason, MessageState
from clinic.text_backend import OutgoingText
from clinic.transport import mail_leaves

__all__ = [
    "OutgoingMail",
    "OutgoingText",
    "Skip",
    "Wait",
    "deliver_due",
    "enqueue",
    "health",
    "purge_finished",
    "register",
    "register_text",
    "render_mail",
    "requeue",
    "settle",
]

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = 3 * DAY
KEEP_FINISHED_FOR = 90 * DAY
OVERDUE_AFTER = datetime.timedelta(minutes=15)
# A round keeps the `now` it was given, and leases count from it: it ends long before the lease of its last claim does.
ROUND_LASTS = 120.0
MOST_A_ROUND = 100


@dataclass(frozen=True)
class Kind:
    render: Callable
    on_sent: Callable | None = None
    on_failed: Callable | None = None


KINDS = {}
TEXT_KINDS = {}


@dataclass
class Round:
    """What one call of `deliver_due` did, in messages. `more`: due messages may be left, call again at once."""

    sent: int = 0
    skipped: int = 0
    failed: int = 0
    later: int = 0
    # Channels whose server or provider could not be reached.
    unreachable: set = field(default_factory=set)
    more: bool = False

    def __str__(self):
        counts = {"sent": self.sent, "skipped": self.skipped, "failed": self.failed, "later": self.later}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)

    def count(self, verdict, channel):
        if verdict is Verdict.SENT:
            self.sent += 1
        elif verdict is Verdict.SKIPPED:
            self.skipped += 1
        elif verdict is Verdict.FAILED:
            self.failed += 1
        elif verdict is not None:
            self.later += 1
        if verdict is Verdict.UNREACHABLE:
            self.unreachable.add(channel)


@dataclass(frozen=True)
class Health:
    """What staff must know about messages. The age counts from when the message should first have left."""

    oldest_due_age: datetime.timedelta | None
    failed: int
    mail_leaves: bool
    worker_silent_for: datetime.timedelta | None

    @property
    def is_overdue(self):
        return self.oldest_due_age is not None and self.oldest_due_age > OVERDUE_AFTER


def register(kind, render, on_sent=None, on_failed=None):
    """Tell the outbox how to make and follow up one kind of message.

    `render(message, now)` reads the record again and returns an OutgoingMail, or Skip when it is not needed any more.
    `on_sent(message, now)` and `on_failed(message, now)` run inside the transaction that writes the end down;
    `on_failed` also when the message expired: the recipient will not get it. Raises ValueError for a known kind.
    """
    if kind in KINDS:
        raise ValueError(f"Two apps register the message kind {kind!r}.")
    KINDS[kind] = Kind(render, on_sent, on_failed)


def register_text(kind, render):
    """Tell the outbox how to make the text message of a kind: as register(), with an OutgoingText.

    It may also return Wait. Nothing follows a text: whether somebody knows is decided by mail and by staff.
    """
    if kind in TEXT_KINDS:
        raise ValueError(f"Two apps register a text of the kind {kind!r}.")
    TEXT_KINDS[kind] = Kind(render)


def enqueue(*, kind, record_id, key, now, due_at=None, not_after=None, channel=MessageChannel.EMAIL):
    """Ask for a message in the transaction that changes its record. Returns the row; a known `key` makes no second one.

    Each channel has its own: of another than e-mail its name stands before the key.

    It leaves at `due_at` (default: now) or after, and never after `not_after` nor later than three days after it was
    due. Raises TransactionManagementError outside a transaction, ValueError when it could never leave in time.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("enqueue() belongs into the transaction that changes the record.")
    if channel != MessageChannel.EMAIL:
        key = f"{channel}:{key}"
    due_at = due_at or now
    latest = due_at + GIVE_UP_AFTER
    not_after = min(not_after, latest) if not_after else latest
    if not_after < due_at:
        raise ValueError("A message must be due before it expires.")
    message, _ = OutgoingMessage.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "channel": channel,
            "record_id": record_id,
            "message_id": _new_message_id(),
            "created_at": now,
            "first_due_at": due_at,
            "due_at": due_at,
            "not_after": not_after,
        },
    )
    return message


def deliver_due(*, now, should_stop=lambda: False):
    """Send what is due at `now`, one message after the other: a Round. Raises RuntimeError inside a transaction.

    Leaves a channel alone once its server cannot be reached; ends early after two minutes, and when `should_stop()`
    says so.
    Database errors come through after half a minute of trying; no message is lost by them.
    """
    done = Round()
    started = time.monotonic()
    due, full = _due(now)
    for _wanted_at, pk, channel in due:
        if should_stop():
            return done
        if channel in done.unreachable:
            continue
        if time.monotonic() - started > ROUND_LASTS:
            done.more = True
            return done
        message = claim(pk, now=now)
        if message is not None:
            outcome = _attempt(message, now, should_stop)
            verdict = finish(message, outcome, kind=_kind(message), now=now)
            _log(message, outcome, verdict)
            done.count(verdict, channel)
    done.more = bool(full - done.unreachable)
    return done


def requeue(*, pk, by, now):
    """Try a failed message again, at once and for three more days. False when it is not failed (any more)."""
    return _answer_failed(
        pk,
        by,
        gettext("Queued again."),
        state=MessageState.QUEUED,
        due_at=now,
        first_due_at=now,
        not_after=now + GIVE_UP_AFTER,
        attempts=0,
        unknown_tries=0,
        finished_at=None,
        reason="",
        error_class="",
        smtp_code=None,
    )


def settle(*, pk, by, now):
    """Close a failed message for good: the person was told another way. False when it is not failed (any more)."""
    return _answer_failed(
        pk,
        by,
        gettext("Settled another way."),
        state=MessageState.SKIPPED,
        reason=MessageReason.SETTLED,
        finished_at=now,
    )


def purge_finished(*, now):
    """Delete what was finished more than 90 days ago, and nothing else. Returns how many."""
    return OutgoingMessage.objects.finished().filter(finished_at__lt=now - KEEP_FINISHED_FOR).delete()[0]


def health(now):
    """How messages are doing, in two queries. What waits for its turn at a mailbox, or for morning, is not late."""
    late = Q(state__in=OPEN_MESSAGE_STATES, first_due_at__lte=now) & ~Q(reason__in=PATIENT_REASONS)
    found = OutgoingMessage.objects.filter(state__in=(*OPEN_MESSAGE_STATES, MessageState.FAILED)).aggregate(
        oldest=Min("first_due_at", filter=late), failed=Count("pk", filter=Q(state=MessageState.FAILED))
    )
    return Health(
        oldest_due_age=now - found["oldest"] if found["oldest"] else None,
        failed=found["failed"],
        mail_leaves=mail_leaves(),
        worker_silent_for=heartbeat.silent_for(heartbeat.WORKER, now=now),
    )


def _new_message_id():
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


def _due(now):
    """(first_due_at, key, channel) of what is due, longest wanted first, and the channels that have more than a round.

    Each channel on its own, so that texts which a dead provider does not take never stand before the mails.
    """
    found, full = [], set()
    for channel in MessageChannel.values:
        rows = OutgoingMessage.objects.due(now).filter(channel=channel)
        rows = list(rows.values_list("first_due_at", "pk", "channel")[:MOST_A_ROUND])
        found += rows
        if len(rows) == MOST_A_ROUND:
            full.add(channel)
    return sorted(found), full


def _kind(message):
    """The Kind that makes this message, or None."""
    return (TEXT_KINDS if message.channel == MessageChannel.TEXT else KINDS).get(message.kind)


def _attempt(message, now, should_stop):
    """Read again, decide, render, send: an Outcome."""
    if message.unknown_tries >= MOST_UNKNOWN_TRIES:
        return Outcome(Verdict.FAILED, MessageReason.UNKNOWN, message.error_class or "Interrupted")
    kind, channel = _kind(message), CHANNELS[message.channel]
    if kind is None:  # queued by newer code than this worker's
        if now >= message.not_after:
            return _too_late(message)
        return Outcome(Verdict.LATER, MessageReason.CANNOT_RENDER, "UnknownKind")
    try:
        made = kind.render(message, now)
        content = channel.compose(made, message_id=message.message_id) if isinstance(made, channel.makes) else made
        if isinstance(content, Skip):
            return Outcome(Verdict.SKIPPED, content.reason)
        if now >= message.not_after:
            return _too_late(message)
        if isinstance(content, Wait):
            return Outcome(Verdict.HELD_BACK, content.reason, free_at=content.until)
        reason_to_wait = _take_turn(message, channel, made.to, now)
    except DATABASE_AWAY as error:
        return Outcome(Verdict.LATER, MessageReason.CANNOT_RENDER, type(error).__name__)
    except Exception as error:  # noqa: BLE001  whatever is wrong with this one, the others must go
        logger.error("message %s (%s) cannot be rendered: %s", message.pk, message.kind, describe(error))
        return Outcome(Verdict.FAILED, MessageReason.CANNOT_RENDER, type(error).__name__)
    return reason_to_wait or send(Ready(message.channel, message.message_id, content), should_stop=should_stop)


def _too_late(message):
    """A message that is still true but may not leave any more: staff must see it when nothing but mail was at fault."""
    was_held_back = message.reason == MessageReason.LIMIT
    had_three_days = message.not_after - message.first_due_at >= GIVE_UP_AFTER
    if message.error_class or (had_three_days and not was_held_back):
        return Outcome(Verdict.FAILED, MessageReason.GAVE_UP, message.error_class, message.smtp_code)
    return Outcome(Verdict.SKIPPED, MessageReason.EXPIRED)


def _take_turn(message, channel, address, now):
    """Why it must not go now, as an Outcome; None when it goes.

    A worker that slept through the end of its lease goes no further: somebody else has the message. Writes down first
    that this one goes, then counts the others: two workers may both wait, never both go one too many.
    """
    key = channel.recipient_key(address)
    mine = OutgoingMessage.objects.filter(pk=message.pk, token=message.token)
    if not mine.update(recipient_key=key, handed_over_at=now):
        return Outcome(Verdict.LATER, MessageReason.UNKNOWN, "LeaseLost")
    if not channel.is_limited(key):
        return None
    others = OutgoingMessage.objects.handed_to(key, since=now - DAY).exclude(pk=message.pk)
    free_at = mailbox_free_at(others.values_list("handed_over_at", flat=True), now=now)
    return free_at and Outcome(Verdict.HELD_BACK, MessageReason.LIMIT, free_at=free_at)


def _answer_failed(pk, by, words, **changes):
    with transaction.atomic():
        won = OutgoingMessage.objects.filter(pk=pk, state=MessageState.FAILED).update(**changes)
        if won:
            message = OutgoingMessage.objects.filter(pk=pk)
            LogEntry.objects.log_actions(by.pk, message, CHANGE, words, single_object=True)
    return bool(won)


def _log(message, outcome, verdict):
    if outcome.error_class or verdict is None:
        logger.warning(
            "message %s (%s): %s, %s, %s",
            message.pk,
            message.kind,
            verdict.value if verdict else "lease lost",
            outcome.error_class,
            outcome.smtp_code,
        )
