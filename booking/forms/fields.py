"""Fields that take what people really type."""

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from phonenumber_field.phonenumber import to_python

from booking.typed_text import clean_line, clean_lines, is_visible

TOO_LONG = ngettext_lazy(
    "Use %(limit_value)d character or fewer. You used %(show_value)d.",
    "Use %(limit_value)d characters or fewer. You used %(show_value)d.",
    "limit_value",
)


class LineField(forms.CharField):
    """One line of text. Nothing visible in it counts as empty."""

    def __init__(self, *, max_length, **kwargs):
        super().__init__(max_length=max_length, strip=False, **kwargs)
        for validator in self.validators:
            if validator.code == "max_length":
                validator.message = TOO_LONG
        # The browser must not cut what is pasted: too long is said, not hidden.
        self.widget.attrs.pop("maxlength", None)

    def to_python(self, value):
        return clean_line(super().to_python(value))


class TextField(LineField):
    """Some lines of text."""

    widget = forms.Textarea

    def to_python(self, value):
        return clean_lines(forms.CharField.to_python(self, value))


class PhoneField(LineField):
    """A phone number in any way of writing it, kept as it was typed. Cleans to the text; number_of() reads it."""

    default_error_messages = {"invalid": _("Enter a phone number with 10 digits, like 201-555-0123")}
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "num"})

    def __init__(self, **kwargs):
        super().__init__(max_length=60, **kwargs)

    def run_validators(self, value):
        super().run_validators(value)
        if value and not _may_be_called(number_of(value)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class MailboxField(LineField):
    """An e-mail address that a mail really reaches: no quoted names, no bare machine addresses."""

    default_error_messages = {"invalid": _("Enter an e-mail address in the right form, like name@example.com")}
    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})

    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value):
        # Mail programs and phones leave such marks around an address that is copied.
        return "".join(character for character in super().to_python(value) if is_visible(character) or character == " ")

    def run_validators(self, value):
        super().run_validators(value)
        if not value:
            return
        try:
            validate_email(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if '"' in value or "[" in value:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


def number_of(text):
    """The PhoneNumber that the text means here, or None for an empty text."""
    return to_python(text) if text else None


def _may_be_called(number):
    """Whether it is a real number, and not one that charges the caller."""
    if not number.is_valid():
        return False
    return phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.PREMIUM_RATE


def yes_no(**kwargs):
    """A question whose answer is yes or no. Cleans to “yes” or “no”."""
    return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect, **kwargs)
