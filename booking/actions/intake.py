"""The one door through which a request comes in: from the site, by phone or at the desk."""

import datetime
from dataclasses import dataclass, fields

from django.db import IntegrityError, transaction
from phonenumber_field.phonenumber import PhoneNumber, to_python

from booking.actions import asking, events, telling
from booking.actions.transactions import in_one_transaction
from booking.errors import DraftGone
from booking.models import AppointmentRequest, PreferredWindow, RequestDraft
from booking.references import new_reference
from booking.states import Channel, MailKind, RequestKind, RequestState, SafetyOutcome
from clinic.models import Location, Practitioner
from clinic.network import mailbox_key
from clinic.outbox import enqueue
from clinic.site import site_at
from content.models import Condition

# Two references out of millions meet so rarely that a fourth meeting in a row means something else is broken.
REFERENCE_TRIES = 4
# Answers that no column of the same name holds.
SAID_OTHERWISE = ("windows", "texts_ok")


@dataclass(frozen=True, kw_only=True)
class RequestAnswers:
    """Everything an AppointmentRequest needs from a person; names are the model's own.

    `windows` are (date, DayPart) pairs in the clinic's zone. `phone` keeps its extension, if it has one.
    `texts_ok`: they agreed to text messages; the row keeps since when.
    `safety_version` is the number of the safety library they were asked with.
    """

    patient_name: str
    safety_outcome: str
    safety_version: int
    kind: str = RequestKind.VISIT
    asked_by_name: str = ""
    reach_whom: str = "patient"
    phone: PhoneNumber | str = ""
    email: str = ""
    contact_by: str = "either"
    voicemail_ok: bool | None = None
    texts_ok: bool = False
    best_time: str = ""
    condition: Condition | None = None
    reason_other: str = ""
    is_new_patient: bool | None = None
    recent_surgery: bool | None = None
    first_available: bool = False
    short_notice: bool = False
    windows: tuple[tuple[datetime.date, str], ...] = ()
    location: Location | None = None
    practitioner: Practitioner | None = None
    language: str = ""
    wants_interpreter: bool = False
    access_needs: str = ""
    insurance: str = ""
    note: str = ""
    call_first: bool = False
    doctor_checked: bool | None = None


@in_one_transaction
def receive_request(
    *,
    answers,
    channel,
    now,
    by=None,
    draft_key=None,
    network_key="",
    suspect_reasons=(),
    wanted=None,
    known_site=None,
) -> AppointmentRequest:
    """Takes in a request and promises an answer.

    - one row per `draft_key`, whatever races: a second call returns the first one's row and changes nothing
    - DraftGone when it comes from the site and its draft was deleted meanwhile, as by an emergency sign in another tab
    - `reply_by`: `reply_within_hours` of opening time from `now`; for a safety call-back `call_back_within_minutes`
    - with a `wanted` time (booking.wanted_time.WantedTime) a visit that keeps it (booking/actions/asking.py), or
      TimeTaken or NotOffered and nothing at all; a kind of visit that is booked at once answers the request
    - the answers kept in the draft are forgotten, what it held is free: contact data lives in the request alone
    - event “received”; messages “received” (only with an e-mail) and “new_request”, or “urgent_request” where a safety
      answer asks for a call first; “confirmed” in place of “received” and “new_request” where the visit is booked

    `by` is the member of staff who typed it in, None for the patient; `suspect_reasons` only flag, never refuse.
    `known_site`: the Site that the caller has read, None for none (clinic.site.site_at).
    """
    site = site_at(known_site, now=now)
    row = _row(answers, channel=channel, site=site, draft_key=draft_key, network_key=network_key)
    row.suspect_reasons = [str(reason) for reason in suspect_reasons]
    draft = None
    if draft_key is not None:
        draft = RequestDraft.objects.select_for_update().filter(pk=draft_key).first()
        if earlier := AppointmentRequest.objects.filter(draft_key=draft_key).first():
            return earlier
        if draft is None and channel == Channel.WEB:
            raise DraftGone
    is_booked = wanted is not None and wanted.type.booked_at_once
    if is_booked:
        # The page that answers this very press says so.
        row.state, row.closed_at, row.told_at, row.told_how = RequestState.ANSWERED, now, now, "site"
    if not _save_with_new_reference(row):
        # Without a draft row to wait for, the unique key alone tells who was first.
        return AppointmentRequest.objects.get(draft_key=draft_key)
    PreferredWindow.objects.bulk_create(
        PreferredWindow(request=row, day=day, part=part) for day, part in dict.fromkeys(answers.windows)
    )
    events.record("received", now=now, by=by, request=row, detail={"channel": str(channel)})
    visit = asking.ask_for_time(request=row, wanted=wanted, draft=draft, site=site, now=now) if wanted else None
    if draft is not None:
        if visit is None:
            draft.holds.all().delete()
        draft.data = {}
        draft.save(update_fields=["data"])
    if row.is_urgent:
        enqueue(kind=MailKind.URGENT_REQUEST, record_id=row.pk, key=f"urgent_request:{row.pk}", now=now)
    if is_booked:
        telling.enqueue_to_patient(MailKind.CONFIRMED, row, record=visit, now=now, not_after=visit.start)
        return row
    if row.email:
        enqueue(kind="received", record_id=row.pk, key=f"received:{row.pk}", now=now)
    if not row.is_urgent:
        enqueue(kind="new_request", record_id=row.pk, key=f"new_request:{row.pk}", now=now)
    return row


def _row(answers, *, channel, site, draft_key, network_key):
    values = {field.name: getattr(answers, field.name) for field in fields(answers) if field.name not in SAID_OTHERWISE}
    number = to_python(answers.phone) if answers.phone else None
    return AppointmentRequest(
        **values | {"phone": number or ""},
        phone_extension=(number.extension or "") if number else "",
        text_agreed_at=site.now if answers.texts_ok else None,
        mailbox_key=mailbox_key(answers.email),
        channel=Channel(channel),
        draft_key=draft_key,
        network_key=network_key,
        received_at=site.now,
        reply_by=reply_by(safety_outcome=answers.safety_outcome, site=site),
    )


def reply_by(*, safety_outcome, site):
    """The instant by which we promise to answer a request that comes in at `site.now`."""
    if safety_outcome == SafetyOutcome.SAME_DAY:
        return site.opening.add_working_minutes(site.now, site.clinic.call_back_within_minutes)
    return site.opening.add_working_minutes(site.now, site.clinic.reply_within_hours * 60)


def _save_with_new_reference(row):
    """Whether the row was saved; False when another one with its draft key was first."""
    for attempt in range(1, REFERENCE_TRIES + 1):
        row.reference = new_reference()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if row.draft_key and AppointmentRequest.objects.filter(draft_key=row.draft_key).exists():
                return False
            if attempt == REFERENCE_TRIES:
                raise
            row.pk = None
        else:
            return True
