"""The link in a patient's mails: it opens their own request and visit, without an account.

The token is a random id and a generation, signed with a salt of its own. It names nobody, and guessing one is hopeless.
All links of a request stay valid until a week after its last visit, or after it was closed without one; staff can end
them all by counting the generation up.
"""

import base64
import binascii
import datetime
import uuid

from django.core.signing import BadSignature, Signer
from django.db.models import Max

from booking.models import AppointmentRequest

OPEN_AFTER_THE_END = datetime.timedelta(days=7)
SALT = "booking.patient_links"
GENERATION_BYTES = 2
NOBODY = (uuid.UUID(int=0), 0)


def link_token(request):
    """The token of an AppointmentRequest, fit for a path: letters, digits, - _ and one colon."""
    raw = request.link_id.bytes + request.link_generation.to_bytes(GENERATION_BYTES, "big")
    return Signer(salt=SALT).sign(base64.urlsafe_b64encode(raw).decode())


def request_of(token, *, now):
    """The AppointmentRequest that a token opens at `now`; None for a forged, revoked, expired or forgotten one.

    Asks the database the same for a bad token as for a good one, so that nobody learns from the time it takes.
    """
    link_id, generation = _read(token)
    found = AppointmentRequest.objects.filter(link_id=link_id).annotate(last_end=Max("appointments__end")).first()
    if found is None or found.link_generation != generation:
        return None
    ends = [instant for instant in (found.last_end, found.closed_at) if instant]
    return None if ends and max(ends) + OPEN_AFTER_THE_END < now else found


def _read(token):
    try:
        raw = base64.urlsafe_b64decode(Signer(salt=SALT).unsign(token))
    except (BadSignature, binascii.Error, ValueError):
        return NOBODY
    if len(raw) != 16 + GENERATION_BYTES:
        return NOBODY
    return uuid.UUID(bytes=raw[:16]), int.from_bytes(raw[16:], "big")
