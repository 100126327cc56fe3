"""Finding a request by what a caller says: a reference, a phone number, an e-mail address or a name."""

import re

from django.db.models import Q

from booking.models import AppointmentRequest
from booking.queue import listed
from booking.references import ALPHABET, LENGTH
from clinic.network import mailbox_key

MOST_FOUND = 50
REFERENCE = re.compile(rf"\s*(?:R\s*-?\s*)?([{ALPHABET}]{{{LENGTH}}})\s*", re.IGNORECASE)
PHONE = re.compile(r"[\d\s().+/-]+")
FEWEST_DIGITS = 4


def find(words):
    """Requests that fit, newest first, at most MOST_FOUND + 1. Signs like % and _ stand for themselves."""
    fitting = AppointmentRequest.objects.filter(_meaning(words)).order_by("-received_at", "-pk")
    return list(listed(fitting)[: MOST_FOUND + 1])


def _meaning(words):
    as_name = Q()
    for word in words.split():
        as_name &= Q(patient_name__icontains=word) | Q(asked_by_name__icontains=word)
    digits = re.sub(r"\D", "", words)
    if PHONE.fullmatch(words) and len(digits) >= FEWEST_DIGITS:
        # Stored as +12015550123; the part that a caller remembers may begin anywhere.
        return Q(phone__contains=digits) | _reference(words)
    if "@" in words:
        return Q(email__iexact=words) | Q(mailbox_key=mailbox_key(words))
    return as_name | _reference(words)


def _reference(words):
    read = REFERENCE.fullmatch(words)
    return Q(reference=f"R-{read[1].upper()}") if read else Q(pk__in=[])
