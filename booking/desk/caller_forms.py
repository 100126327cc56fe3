"""The questions for somebody on the phone or at the desk, in the order in which they are read aloud."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.forms.contact import TextsField, need_number_for_texts
from booking.forms.fields import LineField, MailboxField, PhoneField, number_of, yes_no
from booking.forms.form import RequestForm
from booking.states import Channel, RequestKind

YES = "yes"


class ReadAloudForm(RequestForm):
    """The safety check, before anything is typed. `library` is the live content.safety.Library.

    Each list is read aloud as one question: any one sign, or not being sure, is a yes. “None” carries the version of
    the list that was read: when the list has changed since, it is read again.
    """

    emergency = forms.ChoiceField(label=_("Read aloud: is any of this new or getting worse?"), widget=forms.RadioSelect)
    same_day = forms.ChoiceField(
        label=_("Then read aloud: and is any of this new or getting worse?"), widget=forms.RadioSelect
    )

    def __init__(self, *args, library, **kwargs):
        super().__init__(*args, **kwargs)
        self.library = library
        for field in self.fields.values():
            field.choices = [
                (f"none-{library.version}", _("No, none of these")),
                (YES, _("Yes to any one, or not sure")),
            ]
            field.error_messages["invalid_choice"] = _("The list has just changed. Please read it aloud again")
        self.fields["emergency"].error_messages["required"] = _("Read the emergency list aloud first")
        self.fields["same_day"].error_messages["required"] = _("Read the second list aloud")

    @property
    def is_emergency(self):
        """Whether a yes to the first list was given, however the rest of the form looks."""
        return self.data.get("emergency") == YES

    @property
    def is_same_day(self):
        return self.data.get("same_day") == YES


class CallerForm(RequestForm):
    """Who they are and how we reach them. A family may share a number: that makes nobody the same person."""

    press = forms.CharField(widget=forms.HiddenInput, required=False)
    channel = forms.ChoiceField(
        label=_("They are"),
        choices=[(Channel.PHONE, _("On the phone")), (Channel.DESK, _("At the desk"))],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    kind = forms.ChoiceField(
        label=_("They want"),
        choices=[(RequestKind.VISIT, _("A visit")), (RequestKind.CALL, _("A call back"))],
        widget=forms.RadioSelect,
        initial=RequestKind.VISIT,
    )
    patient_name = LineField(
        label=_("Name of the person who needs the visit"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the name of the person who needs the visit")},
    )
    asked_by_name = LineField(
        label=_("Name of the caller, if somebody else (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = PhoneField(label=_("Phone number to reach them"), required=False)
    email = MailboxField(label=_("E-mail address (optional)"), required=False)
    voicemail_ok = yes_no(
        label=_("May we leave a message?"),
        help_text=_("It says our name and number, nothing else."),
        required=False,
        error_messages={"invalid_choice": _("Choose yes or no")},
    )
    best_time = LineField(
        label=_("Best time to call (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, texts_from="", **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if texts_from:
            label = _("They also want reminders by text message, after you read this aloud")
            self.fields["texts_ok"] = TextsField(label=label, clinic_name=texts_from)

    def clean_press(self):
        """The key that makes a second press the same request; a new one when it came back broken."""
        try:
            return uuid.UUID(self.cleaned_data["press"])
        except ValueError:
            return uuid.uuid4()

    def clean(self):
        values = super().clean()
        phone, email = values.get("phone"), values.get("email")
        if phone == "" and (email == "" or values.get("kind") == RequestKind.CALL):
            self.add_error("phone", _("Enter a phone number"))
        need_number_for_texts(self, values)
        return values

    def answers(self):
        """Values for RequestAnswers."""
        values = self.cleaned_data
        return {
            "patient_name": values["patient_name"],
            "asked_by_name": values["asked_by_name"],
            "reach_whom": "asker" if values["asked_by_name"] else "patient",
            "phone": number_of(values["phone"]) or "",
            "email": values["email"],
            "contact_by": "either" if values["phone"] and values["email"] else "phone" if values["phone"] else "email",
            "voicemail_ok": {"yes": True, "no": False}.get(values["voicemail_ok"]),
            "texts_ok": values.get("texts_ok", False),
            "best_time": values["best_time"],
        }
