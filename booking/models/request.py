"""A person's ask. Contact data lives in AppointmentRequest alone; purging acts here."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from booking.constraints import OnlyMoves
from booking.states import (
    OPEN_REQUEST_STATES,
    REQUEST_MOVES,
    UNDECIDED_REQUEST_STATES,
    AppointmentState,
    CallOutcome,
    Channel,
    DayPart,
    DeclineReason,
    RequestKind,
    RequestState,
    SafetyOutcome,
)


class RequestDraft(models.Model):
    """A request while it is being typed. Opened by id in the path and secret in an HttpOnly cookie, both needed.

    Purged two hours after its last use; deleted at once when an emergency sign is ticked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    secret_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=5, choices=RequestKind, default=RequestKind.VISIT)
    data = models.JSONField(default=dict, help_text=_("What was typed, by step. Never which warning sign."))
    safety_outcome = models.CharField(max_length=8, choices=SafetyOutcome, blank=True)
    safety_version = models.PositiveIntegerField(null=True)
    safety_changed = models.BooleanField(default=False, help_text=_("A yes was changed to none."))
    doctor_checked = models.BooleanField(null=True, help_text=_("Asked once, after a yes was changed to none."))
    held_since = models.DateTimeField(null=True, help_text=_("When a time was first held for it: no hold is endless."))
    network_key = models.CharField(
        max_length=64, blank=True, help_text=_("Keyed hash of the sender's network, to count holds.")
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("request being typed")
        verbose_name_plural = _("requests being typed")

    def __str__(self):
        return str(self.id)

    @property
    def must_ask_doctor(self):
        """A yes was changed to none, and “Has a doctor checked this?” is not answered yet."""
        return self.safety_outcome == SafetyOutcome.NONE and self.safety_changed and self.doctor_checked is None

    @property
    def passed_safety(self):
        """Whether the way to the other questions is open."""
        if self.safety_outcome == SafetyOutcome.SAME_DAY:
            return self.kind == RequestKind.CALL
        return self.safety_outcome == SafetyOutcome.NONE and not self.must_ask_doctor

    @property
    def is_safety_call(self):
        """Told to see a doctor today: all that is left to ask for here is a call."""
        return self.safety_outcome == SafetyOutcome.SAME_DAY


class AppointmentRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_REQUEST_STATES)

    def safety_callbacks(self):
        """Open requests of people who were told to see a doctor today and asked us to call."""
        return self.open().filter(safety_outcome=SafetyOutcome.SAME_DAY)

    def other_than_safety(self):
        return self.open().exclude(safety_outcome=SafetyOutcome.SAME_DAY)


class AppointmentRequest(models.Model):
    reference = models.CharField(
        _("reference"), max_length=12, unique=True, help_text=_("Random; what a patient says on the phone.")
    )
    draft_key = models.UUIDField(
        null=True, unique=True, editable=False, help_text=_("The draft it came from: one press is one request.")
    )
    link_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("What the link in the patient's mails is made of.")
    )
    link_generation = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text=_("Counted up, every link that was sent before stops working.")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=RequestKind, default=RequestKind.VISIT)
    channel = models.CharField(_("came in"), max_length=5, choices=Channel, default=Channel.WEB)
    state = models.CharField(_("state"), max_length=9, choices=RequestState, default=RequestState.RECEIVED)

    patient_name = models.CharField(_("patient"), max_length=120)
    asked_by_name = models.CharField(
        _("asked by"), max_length=120, blank=True, help_text=_("When somebody else asks for them.")
    )
    reach_whom = models.CharField(
        _("call or write to"),
        max_length=7,
        default="patient",
        choices=[("patient", _("the patient")), ("asker", _("the person who asks for them"))],
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    phone_extension = models.CharField(_("extension"), max_length=12, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    mailbox_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Keyed hash of the folded address, to count requests.")
    )
    contact_by = models.CharField(
        _("reach them"),
        max_length=6,
        choices=[("phone", _("by phone")), ("email", _("by e-mail")), ("either", _("either way"))],
        default="either",
    )
    voicemail_ok = models.BooleanField(_("may leave a message"), null=True)
    text_agreed_at = models.DateTimeField(
        _("agreed to text messages"), null=True, blank=True, help_text=_("Empty: no text message is ever sent to them.")
    )
    best_time = models.CharField(_("best time to call"), max_length=120, blank=True)

    condition = models.ForeignKey(
        "content.Condition", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    reason_other = models.CharField(
        _("another reason"),
        max_length=20,
        blank=True,
        choices=[("other", _("something else")), ("unsure", _("not sure"))],
    )
    is_new_patient = models.BooleanField(_("new patient"), null=True)
    recent_surgery = models.BooleanField(_("spine surgery or injection in the last 3 months"), null=True)

    first_available = models.BooleanField(_("first available"), default=False)
    short_notice = models.BooleanField(_("can come at short notice"), default=False)
    location = models.ForeignKey(
        "clinic.Location", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("location")
    )
    practitioner = models.ForeignKey(
        "clinic.Practitioner", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("clinician")
    )

    language = models.CharField(_("language"), max_length=12, blank=True)
    wants_interpreter = models.BooleanField(_("wants a free interpreter"), default=False)
    access_needs = models.CharField(_("access needs"), max_length=500, blank=True)
    insurance = models.CharField(_("insurance"), max_length=120, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)

    safety_outcome = models.CharField(_("safety answer"), max_length=8, choices=SafetyOutcome)
    safety_version = models.PositiveIntegerField(
        _("wording"), help_text=_("Version of the safety library they were asked with.")
    )
    call_first = models.BooleanField(
        _("call first"), default=False, help_text=_("A safety answer was changed from yes to none.")
    )
    doctor_checked = models.BooleanField(_("says a doctor has checked it"), null=True)
    call_outcome = models.CharField(_("how the safety call ended"), max_length=20, choices=CallOutcome, blank=True)
    decline_reason = models.CharField(_("why declined"), max_length=20, choices=DeclineReason, blank=True)
    suspect_reasons = models.JSONField(_("looks odd because"), default=list, blank=True)
    network_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Keyed hash of the sender's network.")
    )

    received_at = models.DateTimeField(_("received"))
    reply_by = models.DateTimeField(_("promised by"))
    escalated_at = models.DateTimeField(
        _("on top of the desk since"),
        null=True,
        blank=True,
        help_text=_("The time that they asked for was not answered in time."),
    )
    warned_at = models.DateTimeField(null=True, editable=False, help_text=_("When the desk was told to hurry."))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    told_at = models.DateTimeField(_("patient told"), null=True, blank=True)
    told_how = models.CharField(
        _("told how"),
        max_length=8,
        blank=True,
        choices=[
            ("email", _("by e-mail")),
            ("phone", _("by phone")),
            ("attempts", _("three attempts")),
            ("site", _("on the site")),
        ],
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("open with")
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts changes, for compare-and-set.")
    )

    objects = AppointmentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["reply_by", "pk"]
        indexes = [
            models.Index(fields=["state", "reply_by"], name="request_waiting"),
            models.Index(fields=["network_key", "received_at"], name="request_network"),
            models.Index(fields=["mailbox_key", "received_at"], name="request_mailbox"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email=""),
                name="request_has_a_way_to_reach",
                violation_error_message=_("Give a phone number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED_REQUEST_STATES, closed_at__isnull=True)
                | (~Q(state__in=UNDECIDED_REQUEST_STATES) & Q(closed_at__isnull=False)),
                name="request_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.DECLINED) | ~Q(decline_reason=""), name="request_declined_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(safety_outcome=SafetyOutcome.SAME_DAY)
                | Q(state__in=UNDECIDED_REQUEST_STATES)
                | ~Q(call_outcome=""),
                name="safety_call_closes_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_how="") | (Q(told_at__isnull=False) & ~Q(told_how="")),
                name="request_told_has_how",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_at__isnull=False), name="request_claim_has_time"
            ),
            OnlyMoves.of(REQUEST_MOVES, name="request_only_moves", field="state"),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_safety_call(self):
        return self.safety_outcome == SafetyOutcome.SAME_DAY

    @property
    def is_urgent(self):
        """Whether somebody has to call before anything else: a safety answer said so, or was changed."""
        return self.is_safety_call or self.call_first

    @property
    def kept_visits(self):
        """Visits that the patient asked for, kept until staff answer. For lists, prefetch `appointments`."""
        return [visit for visit in self.appointments.all() if _is_kept(visit) and visit.offered_until is None]

    @property
    def offered_visits(self):
        """Visits that we offered, kept until `offered_until`. For lists, prefetch `appointments`."""
        if self.state != RequestState.OFFERED:
            return []
        return [visit for visit in self.appointments.all() if _is_kept(visit) and visit.offered_until is not None]

    @property
    def lost_time(self):
        """Whether they asked for one time alone, and it began without our answer. For lists, prefetch `windows` too."""
        asked_otherwise = self.kind == RequestKind.CALL or self.first_available or len(self.windows.all())
        return self.escalated_at is not None and not asked_otherwise and not self.kept_visits

    @property
    def phone_in_words(self):
        """The number as people here write it, with its extension; empty when none was given."""
        if not self.phone:
            return ""
        number = self.phone.as_national if str(self.phone.country_code) == "1" else self.phone.as_international
        if not self.phone_extension:
            return number
        return _("%(number)s ext. %(extension)s") % {"number": number, "extension": self.phone_extension}


def _is_kept(visit):
    return visit.state == AppointmentState.PROPOSED


class PreferredWindow(models.Model):
    """A part of a day that suits the patient, in the clinic's zone."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="windows")
    day = models.DateField(_("day"))
    part = models.CharField(_("part of the day"), max_length=9, choices=DayPart)

    class Meta:
        verbose_name = _("preferred window")
        verbose_name_plural = _("preferred windows")
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint("request", "day", "part", name="preferred_window_once")]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.part}"


class ContactAttempt(models.Model):
    """One try to reach the patient."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    result = models.CharField(
        _("result"),
        max_length=12,
        choices=[
            ("reached", _("spoke with them")),
            ("voicemail", _("left a message: clinic and number only")),
            ("no_answer", _("no answer")),
            ("wrong_number", _("wrong number")),
        ],
    )

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.request_id} {self.result}"
