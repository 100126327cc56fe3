"""A message to a patient that will never arrive: the front desk hears of it at once, and can call."""

from booking.states import MailKind
from clinic.outbox import enqueue
from clinic.states import MessageState


def tell_desk(message, now):
    """Asks for one mail to the desk each time that this message has failed. An `on_failed` of clinic.outbox.register().

    What only came too late (a reminder after a day without a mail server) is not a failure of its own, and a message
    to the desk never has this follow-up, so that no failure makes another.
    """
    if message.state != MessageState.FAILED:
        return
    # With the instant: a message that somebody sent again, and that fails again, is news.
    key = f"{MailKind.NOT_DELIVERED}:{message.pk}:{int(now.timestamp())}"
    enqueue(kind=MailKind.NOT_DELIVERED, record_id=message.pk, key=key, now=now)
