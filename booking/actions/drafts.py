"""Every change of a request that is still being typed. Nothing here is history: a draft leaves no event behind."""

from contextlib import contextmanager

from django.db import transaction

from booking.actions.intake import receive_request
from booking.drafts import LIFETIME, find_draft, hash_secret, new_secret
from booking.errors import DraftGone
from booking.models import AppointmentRequest, RequestDraft
from booking.states import Channel, RequestKind, SafetyOutcome
from booking.suspicion import WITHIN, suspect_reasons
from booking.typed_text import has_link
from clinic.network import mailbox_key


def start_draft(*, now, kind=RequestKind.VISIT, data=None, safety_changed=False):
    """A new draft and the secret that opens it. Only the secret's hash is kept."""
    secret = new_secret()
    draft = RequestDraft.objects.create(
        secret_hash=hash_secret(secret),
        kind=kind,
        data=data or {},
        safety_changed=safety_changed,
        created_at=now,
        last_used_at=now,
    )
    return draft, secret


def use_draft(*, draft_id, secret, now):
    """The draft, which now lives LIFETIME longer. DraftGone when there is none that this secret opens."""
    draft = find_draft(draft_id=draft_id, secret=secret, now=now)
    if draft is None or not RequestDraft.objects.filter(pk=draft.pk).update(last_used_at=now):
        raise DraftGone
    draft.last_used_at = now
    return draft


def keep_answers(*, draft, page, answers):
    """Keeps what was accepted on one page. `answers`: plain JSON values by field name."""
    with _locked(draft) as row:
        row.data = row.data | {page: answers}
        row.save(update_fields=["data"])
    return row


def pass_first_check(*, draft, version):
    """None of the emergency signs, asked with this version of the safety library. The second list follows anew."""
    with _locked(draft) as row:
        if row.safety_version != version:
            row.safety_version, row.safety_outcome = version, ""
            row.save(update_fields=["safety_version", "safety_outcome"])
    return row


def answer_second_check(*, draft, outcome):
    """Keeps the outcome's group. Going from “today” to “none” is remembered: somebody will ask about it."""
    with _locked(draft) as row:
        if row.safety_outcome == SafetyOutcome.SAME_DAY and outcome == SafetyOutcome.NONE:
            row.safety_changed = True
        row.safety_outcome = outcome
        row.save(update_fields=["safety_outcome", "safety_changed"])
    return row


def reopen_second_check(*, draft):
    """The person wants to change the answer that led to “see a doctor today”."""
    with _locked(draft) as row:
        if row.safety_outcome == SafetyOutcome.SAME_DAY:
            row.safety_outcome, row.safety_changed, row.doctor_checked = "", True, None
            row.save(update_fields=["safety_outcome", "safety_changed", "doctor_checked"])
    return row


def answer_doctor_question(*, draft, checked):
    with _locked(draft) as row:
        row.doctor_checked = checked
        row.save(update_fields=["doctor_checked"])
    return row


def discard_draft(*, draft):
    """Deletes the draft and all that was typed, and frees its time. Deleting it twice is no error."""
    with transaction.atomic():
        # Whoever holds a time locks the draft first and its time after it; so does this.
        for row in RequestDraft.objects.select_for_update().filter(pk=draft.pk):
            row.delete()


def send_draft(*, draft, answers, now, network_key, honeypot, wanted=None, known_site=None):
    """Makes the request of this draft, once, and returns it.

    - pressed again, or by two at once: the same request
    - what looks odd is flagged (booking/suspicion.py); nothing is refused
    - with the `wanted` time that was on the page when it was sent; TimeTaken or NotOffered when that cannot be had, and
      then nothing is lost
    - DraftGone when it was deleted in the meantime, as by an emergency answer in another tab
    """
    hour_ago = now - WITHIN
    recent = AppointmentRequest.objects.filter(received_at__gt=hour_ago)
    mailbox = mailbox_key(answers.email)
    reasons = suspect_reasons(
        honeypot=honeypot,
        took=now - draft.created_at,
        from_network=recent.filter(network_key=network_key).count() if network_key else 0,
        from_mailbox=recent.filter(mailbox_key=mailbox).count() if mailbox else 0,
        has_links=any(map(has_link, (answers.patient_name, answers.note, answers.access_needs, answers.insurance))),
    )
    return receive_request(
        answers=answers,
        channel=Channel.WEB,
        now=now,
        draft_key=draft.pk,
        network_key=network_key,
        suspect_reasons=reasons,
        wanted=wanted,
        known_site=known_site,
    )


def purge_drafts(*, now):
    """Deletes drafts that nobody has used for LIFETIME, and returns how many."""
    with transaction.atomic():
        unused = RequestDraft.objects.filter(last_used_at__lte=now - LIFETIME).order_by("pk").select_for_update()
        gone = list(unused.values_list("pk", flat=True))
        RequestDraft.objects.filter(pk__in=gone).delete()
    return len(gone)


@contextmanager
def _locked(draft):
    """A transaction around the draft's row, locked. DraftGone when it was deleted."""
    with transaction.atomic():
        row = RequestDraft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None:
            raise DraftGone
        yield row
