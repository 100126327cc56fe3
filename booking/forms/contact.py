"""How we reach the patient, and what helps us prepare."""

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from booking.forms.fields import LineField, MailboxField, PhoneField, TextField, number_of, yes_no
from booking.forms.form import HONEYPOT_NAME, RequestForm
from booking.forms.safety import WhoForm
from booking.messages.texts import MOST_A_VISIT
from clinic.languages import LANGUAGES

MAY_LEAVE_MESSAGE = _("Choose yes or no: may we leave a message?")


class HoneypotForm(RequestForm):
    """With a field that people neither see nor reach, and that browsers do not fill in for them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[HONEYPOT_NAME] = forms.CharField(
            label=_("Leave this field empty"),
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
        )

    def layout(self):
        shown = [name for name in self.fields if name != HONEYPOT_NAME]
        return Layout(*shown, Field(HONEYPOT_NAME, template="booking/_honeypot.html"))

    def clean(self):
        values = super().clean()
        # Only whether: what a robot wrote there need not be kept.
        values[HONEYPOT_NAME] = bool(values.get(HONEYPOT_NAME))
        return values


class TextsField(forms.BooleanField):
    """“Also send me reminders by text message”, never ticked beforehand, with what the law wants said beside it.

    47 CFR 64.1200(f)(9): from whom, that agreeing is no condition; the carriers' rules add how many, costs, STOP.
    """

    def __init__(self, *, label, clinic_name):
        help_text = _(
            "Text messages come from %(clinic)s, about your visit only: at most %(most)d for each visit. Message and "
            "data rates may apply. Reply STOP to end them, HELP for help. Texts are not private. You do not need them "
            "for a visit."
        )
        super().__init__(
            label=label, help_text=help_text % {"clinic": clinic_name, "most": MOST_A_VISIT}, required=False
        )


def need_number_for_texts(form, values):
    """Says what is wrong when texts are wanted and there is no number that can get them."""
    if not values.get("texts_ok") or values.get("phone") is None:
        return
    if not values["phone"]:
        form.add_error("texts_ok", _("Enter a phone number for text messages, or do not tick this"))
    elif number_of(values["phone"]).extension:
        form.add_error("texts_ok", _("A number with an extension cannot get text messages: do not tick this"))


class ContactForm(HoneypotForm):
    """Name, and phone or e-mail. For someone else also who asks, and whom to call.

    `texts_from`: the clinic's name where text messages are sent; empty where they are not, and nobody is asked.
    """

    asked_by_name = LineField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )
    patient_name = LineField(max_length=120)
    reach_whom = forms.ChoiceField(
        label=_("Whom should we call or write to?"),
        choices=[("asker", _("Me")), ("patient", _("The person who needs the visit"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whom we should call or write to"),
            "invalid_choice": _("Choose whom we should call or write to"),
        },
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("Give a phone number, an e-mail address, or both. Write the number any way you like."),
        required=False,
    )
    email = MailboxField(
        label=_("E-mail address"), help_text=_("E-mail is not fully private, so we keep it short."), required=False
    )
    contact_by = forms.ChoiceField(
        label=_("How should we reach you?"),
        choices=[("phone", _("By phone")), ("email", _("By e-mail")), ("either", _("Either way"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how we should reach you"),
            "invalid_choice": _("Choose how we should reach you"),
        },
    )
    voicemail_ok = yes_no(
        label=_("If you do not pick up, may we leave a message?"),
        help_text=_("It would say our name and ask you to call back. Nothing about your health."),
        required=False,
        error_messages={"required": MAY_LEAVE_MESSAGE, "invalid_choice": MAY_LEAVE_MESSAGE},
    )

    def __init__(self, *args, who, texts_from="", **kwargs):
        super().__init__(*args, **kwargs)
        if texts_from:
            label = _("Also send me reminders by text message")
            self.fields["texts_ok"] = TextsField(label=label, clinic_name=texts_from)
        name = self.fields["patient_name"]
        if who == WhoForm.OTHER:
            name.label = _("Full name of the person who needs the visit")
            name.error_messages["required"] = _("Enter the name of the person who needs the visit")
            name.widget.attrs["autocomplete"] = "off"
            self.fields["contact_by"].label = _("How should we reach you or them?")
        else:
            name.label = _("Your full name")
            name.error_messages["required"] = _("Enter your name")
            name.widget.attrs["autocomplete"] = "name"
            del self.fields["asked_by_name"], self.fields["reach_whom"]

    def clean(self):
        values = super().clean()
        phone, email = values.get("phone"), values.get("email")
        if phone == "" and email == "":
            self.add_error("phone", _("Enter a phone number or an e-mail address"))
        elif phone == "" and values.get("contact_by") == "phone":
            self.add_error("phone", _("Enter a phone number, or choose another way to be reached"))
        elif email == "" and values.get("contact_by") == "email":
            self.add_error("email", _("Enter an e-mail address, or choose another way to be reached"))
        if phone and values.get("voicemail_ok") == "":
            self.add_error("voicemail_ok", MAY_LEAVE_MESSAGE)
        need_number_for_texts(self, values)
        return values

    def answers(self):
        """Values for RequestAnswers."""
        values = self.cleaned_data
        return {
            "patient_name": values["patient_name"],
            "asked_by_name": values.get("asked_by_name", ""),
            "reach_whom": values.get("reach_whom", "patient"),
            "phone": number_of(values["phone"]) or "",
            "email": values["email"],
            "contact_by": values["contact_by"],
            "voicemail_ok": values["voicemail_ok"] == "yes" if values["phone"] else None,
            "texts_ok": values.get("texts_ok", False),
        }


class PrepareForm(RequestForm):
    """All of it may be left empty."""

    language = forms.ChoiceField(
        label=_("Language you prefer (optional)"),
        choices=[("", _("No preference")), *LANGUAGES],
        required=False,
        error_messages={"invalid_choice": _("Choose a language from the list")},
    )
    wants_interpreter = forms.BooleanField(label=_("I would like an interpreter. It is free"), required=False)
    access_needs = TextField(
        label=_("What would make the visit easier for you? (optional)"),
        help_text=_("For example: no steps, room to lie down while you wait, large print, someone who comes with you."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    insurance = LineField(
        label=_("Insurance company and plan (optional)"),
        help_text=_("As on your card. No member number."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = TextField(
        label=_("Anything else for the front desk? (optional)"),
        help_text=_("Nobody reads this right away. Please do not write medical history here: we ask you in person."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def answers(self):
        """Values for RequestAnswers."""
        return dict(self.cleaned_data)


class CallForm(HoneypotForm):
    """The short way: who, where, when best, in which language."""

    submit_label = _("Ask for a call")

    patient_name = LineField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("Write it any way you like."),
        error_messages={"required": _("Enter a phone number with 10 digits, like 201-555-0123")},
    )
    voicemail_ok = yes_no(
        label=_("If you do not pick up, may we leave a message?"),
        help_text=_("It would say our name and ask you to call back. Nothing about your health."),
        error_messages={"required": MAY_LEAVE_MESSAGE, "invalid_choice": MAY_LEAVE_MESSAGE},
    )
    best_time = LineField(
        label=_("Best time to call (optional)"),
        help_text=_("For example: mornings, or after 3 pm. We call while we are open."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language you prefer (optional)"),
        choices=[("", _("No preference")), *LANGUAGES],
        required=False,
        error_messages={"invalid_choice": _("Choose a language from the list")},
    )

    def answers(self):
        """Values for RequestAnswers."""
        values = self.cleaned_data
        return {
            "patient_name": values["patient_name"],
            "phone": number_of(values["phone"]),
            "contact_by": "phone",
            "voicemail_ok": values["voicemail_ok"] == "yes",
            "best_time": values["best_time"],
            "language": values["language"],
        }
