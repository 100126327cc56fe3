"""Who may send a message, and how its try ends: two conditional UPDATEs, so that no lock is held while mail travels."""

import datetime
import logging
import time
import uuid

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, When

from clinic.delivery import Outcome, Verdict, retry_delay
from clinic.faults import describe
from clinic.models import OutgoingMessage
from clinic.states import MessageReason, MessageState

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=10)
MOST_UNKNOWN_TRIES = 3
# Seconds to keep trying to write down how a message ended, and between two tries.
FINISH_WITHIN, FINISH_EVERY = 30.0, 1.0
# Errors of the way to the database, not of the statement: they pass, and a fresh connection helps.
DATABASE_AWAY = (OperationalError, InterfaceError)

# Nothing was said about the message, so the try does not count.
NOT_ITS_TURN = (Verdict.HELD_BACK, Verdict.UNREACHABLE)

FINAL_STATES = {
    Verdict.SENT: MessageState.SENT,
    Verdict.SKIPPED: MessageState.SKIPPED,
    Verdict.FAILED: MessageState.FAILED,
}


def claim(pk, *, now):
    """The message, ours until the lease ends, or None when it is not due or somebody else has it."""
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        won = (
            OutgoingMessage.objects.due(now)
            .filter(pk=pk)
            .order_by()
            .update(
                state=MessageState.SENDING,
                token=token,
                attempts=F("attempts") + 1,
                # Still being sent, and its lease is over: whoever sent it died, and nobody knows how far it got.
                unknown_tries=F("unknown_tries") + Case(When(state=MessageState.SENDING, then=1), default=0),
                due_at=now + LEASE,
            )
        )
    return OutgoingMessage.objects.filter(pk=pk, token=token).first() if won else None


def finish(message, outcome, *, kind, now):
    """Write down how a try ended; the kind's follow-up runs in the same transaction. The final verdict, or None.

    None: the lease was lost, somebody else decides. Repeats for half a minute, on fresh connections, while the database
    is away, then raises OperationalError or InterfaceError: the message comes back when its lease ends.
    """
    if outcome.verdict is Verdict.UNKNOWN and message.unknown_tries + 1 >= MOST_UNKNOWN_TRIES:
        outcome = Outcome(Verdict.FAILED, MessageReason.UNKNOWN, outcome.error_class, outcome.smtp_code)
    mine = OutgoingMessage.objects.filter(pk=message.pk, token=message.token)
    changes = _changes(message, outcome, now)
    deadline = time.monotonic() + FINISH_WITHIN
    while True:
        try:
            with transaction.atomic(durable=True):
                won = mine.update(**changes)
                if won:
                    _follow_up(message, outcome, changes, kind, now)
            return outcome.verdict if won else None
        except DATABASE_AWAY as error:
            if time.monotonic() > deadline:
                raise
            logger.warning("message %s cannot be marked yet: %s", message.pk, describe(error))
            connection.close()
            time.sleep(FINISH_EVERY)


def _changes(message, outcome, now):
    changes = {
        "token": None,
        "reason": outcome.reason[:80],
        "error_class": outcome.error_class[:80],
        "smtp_code": outcome.smtp_code,
    }
    if outcome.surely_not_sent:
        changes["handed_over_at"] = None
    if outcome.verdict in FINAL_STATES:
        return changes | {"state": FINAL_STATES[outcome.verdict], "finished_at": now}
    if outcome.verdict is Verdict.UNKNOWN:
        changes["unknown_tries"] = message.unknown_tries + 1
    if outcome.verdict in NOT_ITS_TURN:
        # It keeps its place: what waits for a dead server leaves in its old order as soon as that is back.
        due_at = outcome.free_at or now
        changes["attempts"] = message.attempts - 1
    else:
        due_at = now + retry_delay(attempts=message.attempts, seed=message.message_id)
    return changes | {"state": MessageState.QUEUED, "due_at": min(due_at, message.not_after)}


def _follow_up(message, outcome, changes, kind, now):
    """Tell the app that the message went, or never will. An error there must not undo the mark: it would go again."""
    for name, value in changes.items():
        setattr(message, name, value)
    never = outcome.verdict is Verdict.FAILED or outcome.reason == MessageReason.EXPIRED
    call = kind and ((outcome.verdict is Verdict.SENT and kind.on_sent) or (never and kind.on_failed))
    if not call:
        return
    try:
        with transaction.atomic():
            call(message, now)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001  see above
        logger.error("message %s (%s) has no follow-up: %s", message.pk, message.kind, describe(error))
