"""The ways in which a message travels. Each makes it ready and hands it over; clinic/outbox.py does all the rest.

A further channel is a class with these four methods, a line in CHANNELS and one in clinic.states.MessageChannel.
"""

from dataclasses import dataclass

from clinic import mail, text_backend, text_messages, transport
from clinic.models import Clinic
from clinic.network import mailbox_key, number_keys
from clinic.states import MessageChannel, MessageReason
from clinic.text_backend import OutgoingText


class Email:
    makes = mail.OutgoingMail

    def recipient_key(self, address):
        return mailbox_key(address)

    def is_limited(self, key):
        """The front desk's own mailbox is not."""
        desks = Clinic.objects.exclude(staff_email="").values_list("staff_email", flat=True)
        return key not in map(mailbox_key, desks)

    def compose(self, made, *, message_id):
        return mail.compose(made, message_id=message_id)

    def hand_over(self, email, *, message_id, should_stop):
        return transport.send(email, should_stop=should_stop)


class Text:
    makes = OutgoingText

    def recipient_key(self, number):
        return number_keys(number)[0]

    def is_limited(self, key):
        return True

    def compose(self, made, *, message_id):
        """The text as it is, or Skip when texts are off or this phone stopped them: asked at every try."""
        if not text_backend.is_on():
            return mail.Skip(MessageReason.OFF)
        if text_messages.is_stopped(made.to):
            return mail.Skip(MessageReason.STOPPED)
        return made

    def hand_over(self, text, *, message_id, should_stop):
        return text_messages.send_text(text, message_id=message_id)


CHANNELS = {MessageChannel.EMAIL: Email(), MessageChannel.TEXT: Text()}


@dataclass(frozen=True)
class Ready:
    """A message that may go. `content` is whatever its channel hands over."""

    channel: str
    message_id: str
    content: object


def send(ready, *, should_stop=lambda: False):
    """Hand over one Ready message: an Outcome (clinic/delivery.py), in bounded time, never an exception."""
    channel = CHANNELS[ready.channel]
    return channel.hand_over(ready.content, message_id=ready.message_id, should_stop=should_stop)
