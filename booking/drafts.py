"""Opening a draft: the id stands in the path, the secret in a cookie that is sent to that path alone."""

import datetime
import hashlib
import secrets

from django.core import signing
from django.utils.crypto import constant_time_compare

from booking.models import AppointmentRequest, RequestDraft
from booking.states import RequestKind

LIFETIME = datetime.timedelta(hours=2)
CHANGED_SALT = "booking.changed-answer"


def new_secret():
    return secrets.token_urlsafe(32)


def hash_secret(secret):
    """The secret is 256 random bits, so a plain digest cannot be searched backwards."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def find_draft(*, draft_id, secret, now):
    """The living draft that this secret opens, else None: unknown, too old and a wrong secret look alike."""
    draft = RequestDraft.objects.filter(pk=draft_id).first()
    stored = draft.secret_hash if draft else hash_secret("")
    if not constant_time_compare(stored, hash_secret(secret)) or draft is None:
        return None
    return draft if draft.last_used_at > now - LIFETIME else None


def sent_request(draft_id):
    """The request that this draft became, else None."""
    return AppointmentRequest.objects.filter(draft_key=draft_id).first()


def is_sent(draft_id):
    """Whether this draft became a request."""
    return AppointmentRequest.objects.filter(draft_key=draft_id).exists()


def changed_answer_marker(*, kind, who=""):
    """Carries over one fact when nothing else may be kept: an answer of the safety check was yes."""
    return signing.dumps({"kind": str(kind), "who": who}, salt=CHANGED_SALT)


def read_changed_answer_marker(marker):
    """{"kind", "who"} of a marker made within LIFETIME, else None."""
    try:
        read = signing.loads(marker, salt=CHANGED_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return read if read.get("kind") in RequestKind.values else None
