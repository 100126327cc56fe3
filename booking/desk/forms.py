"""What staff type while they answer. Shape only: whether a move is allowed is decided in booking.actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.actions.answering import OUTCOMES_WITH_A_VISIT
from booking.errors import IllegalMove, NoSuchTime
from booking.forms.fields import LineField
from booking.local_times import instant_at
from booking.models import AppointmentType, ContactAttempt
from booking.states import CallOutcome, DeclineReason, SafetyOutcome
from clinic.models import Location, Practitioner

LARGEST_INTEGER = 2**31 - 1
DAYS_AS_TYPED = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"]
TIMES_AS_TYPED = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p"]

# What the patient reads is in templates/emails/declined.*; this is what the person at the desk says on the phone.
NEXT_STEPS = {
    DeclineReason.NO_TIME_SOON: _("Say what the next open day is, and offer to call when an earlier one opens."),
    DeclineReason.OTHER_CARE_FIRST: _("Say which kind of doctor, and that they may come back afterward."),
    DeclineReason.NOT_OUR_FIELD: _("Say who treats it, and to ask their own doctor for a name."),
    DeclineReason.NEEDS_REFERRAL: _("Say what the plan wants, and that the request can be sent again with it."),
    DeclineReason.OUT_OF_NETWORK: _("Say the cash price, and that the plan lists who is in its network."),
    DeclineReason.NOT_REACHED: _("After three logged tries. Their message asks them to call us."),
    DeclineReason.DUPLICATE: _("The other request goes on. Nothing is lost."),
}


class ActionForm(forms.Form):
    """One press on the request page."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class VersionedForm(ActionForm):
    """A press that counts only if nobody changed the record since the page was opened."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST_INTEGER, widget=forms.HiddenInput)

    def clean(self):
        if "version" in self.errors:
            # Nobody can put a hidden field right; looking again can.
            del self.errors["version"]
            self.add_error(None, IllegalMove.message)
        return super().clean()


class AnswerForm(VersionedForm):
    """A press that ends the wait. Ending a safety call-back always asks how the call ended."""

    outcomes = CallOutcome.choices

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        if request.safety_outcome == SafetyOutcome.SAME_DAY:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("How did the safety call end?"),
                choices=self.outcomes,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose how the safety call ended"),
                    "invalid_choice": _("Choose how the safety call ended"),
                },
            )
            self.order_fields(["outcome"])

    @property
    def asks_outcome(self):
        return "outcome" in self.fields


class AttemptForm(ActionForm):
    result = forms.ChoiceField(
        label=_("What happened?"),
        choices=ContactAttempt._meta.get_field("result").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happened"), "invalid_choice": _("Choose what happened")},
    )


class WhereForm(ActionForm):
    """Where and when, typed as the clock on the clinic's wall shows it."""

    day = forms.DateField(
        label=_("Day"),
        input_formats=DAYS_AS_TYPED,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day"), "invalid": _("Enter a day, like 11/24/2026")},
    )
    time = forms.TimeField(
        label=_("Time"),
        input_formats=TIMES_AS_TYPED,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": _("Choose a time"), "invalid": _("Enter a time, like 9:10 am")},
    )
    practitioner = forms.ModelChoiceField(
        label=_("Clinician"),
        queryset=Practitioner.objects.none(),
        error_messages={"required": _("Choose a clinician"), "invalid_choice": _("Choose a clinician")},
    )
    location = forms.ModelChoiceField(
        label=_("Location"),
        queryset=Location.objects.none(),
        error_messages={"required": _("Choose a location"), "invalid_choice": _("Choose a location")},
    )

    def __init__(self, *args, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["practitioner"].queryset = Practitioner.objects.active()
        self.fields["location"].queryset = Location.objects.active()

    def day_typed(self):
        """The day in the form, typed or proposed; None when there is none that can be read."""
        try:
            return self.fields["day"].clean(self["day"].value())
        except forms.ValidationError:
            return None

    def clean(self):
        cleaned = super().clean()
        day, time = cleaned.get("day"), cleaned.get("time")
        if day and time:
            try:
                cleaned["start"] = instant_at(day=day, time=time, zone=self.zone)
            except NoSuchTime as error:
                self.add_error("time", str(error))
        return cleaned


class PlaceForm(WhereForm, VersionedForm):
    """The place of one visit. Booking over what is there is offered only after a refusal that says what is there
    (offer_overbooking).
    """

    overbook = forms.BooleanField(label=_("Book it all the same"), required=False)
    overbook_reason = LineField(
        label=_("Why? Colleagues read it, so no diagnosis"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offers_overbooking = "overbook_reason" in self.data or "overbook_reason" in self.initial

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("overbook"):
            cleaned["overbook_reason"] = ""
        elif not cleaned.get("overbook_reason") and "overbook_reason" not in self.errors:
            self.add_error("overbook_reason", _("Say why this visit goes over what is there"))
        return cleaned

    def offer_overbooking(self):
        """From now on the page shows the two fields."""
        self.offers_overbooking = True

    def where(self):
        """What the actions want to know of the place, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("practitioner", "location", "start", "overbook_reason")}


class KindForm(ActionForm):
    type = forms.ModelChoiceField(
        label=_("Kind of visit"),
        queryset=AppointmentType.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the kind of visit"), "invalid_choice": _("Choose the kind of visit")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = AppointmentType.objects.filter(is_active=True)


class ConfirmForm(PlaceForm, KindForm, AnswerForm):
    """A new visit for a request."""

    outcomes = [(outcome.value, outcome.label) for outcome in CallOutcome if outcome in OUTCOMES_WITH_A_VISIT]
    field_order = ["outcome", "day", "time", "type", "practitioner", "location", "overbook", "overbook_reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)


class MoveForm(PlaceForm):
    """Another time for a visit. Its kind and length stay."""

    patient_knows = forms.BooleanField(label=_("They asked for it and know the new time"), required=False)


class DeclineForm(AnswerForm):
    reason = forms.ChoiceField(
        label=_("Why can we not offer a visit?"),
        choices=DeclineReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason"), "invalid_choice": _("Choose a reason")},
    )

    def reasons(self):
        """Each radio button with the next step to say."""
        return [(button, NEXT_STEPS[DeclineReason(button.data["value"])]) for button in self["reason"]]


class ToldForm(VersionedForm):
    how = forms.ChoiceField(
        choices=[("phone", _("by phone")), ("attempts", _("three tries"))],
        error_messages={"required": _("Say how they were told"), "invalid_choice": _("Say how they were told")},
    )


class CancelForm(VersionedForm):
    patient_knows = forms.BooleanField(label=_("The patient called it off themselves"), required=False)


def problems_of(form):
    """(message, id of the field to go to or "") of everything that is wrong, in the order of the fields."""
    found = [(error, "") for error in form.non_field_errors() if error]
    if hasattr(form, "problems"):
        found += form.problems()
    for bound in form:
        target = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
        found += [(error, target) for error in bound.errors if error]
    return found


class FindForm(ActionForm):
    words = LineField(
        label=_("Name, phone, e-mail or reference"),
        max_length=120,
        error_messages={"required": _("Enter a name, a phone number, an e-mail address or a reference")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
