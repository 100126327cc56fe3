"""Who needs the visit, and the safety check."""

from itertools import groupby

from crispy_forms.layout import Field, Layout
from django import forms
from django.core.validators import slug_re
from django.utils.translation import gettext_lazy as _

from booking.forms.fields import yes_no
from booking.forms.form import RequestForm
from content.states import FlagArea, FlagGroup

UNSURE = "unsure"


class HintField(forms.Field):
    """The page somebody came from, by its slug. Anything else is no hint, and no reason to complain to a person."""

    widget = forms.HiddenInput
    longest = 80

    def to_python(self, value):
        return value if isinstance(value, str) and len(value) <= self.longest and slug_re.match(value) else ""


class WhoForm(RequestForm):
    ME, OTHER, CHILD = "me", "other", "child"
    form_class = "sp3 one"

    who = forms.ChoiceField(
        label=_("Who needs the visit?"),
        choices=[
            (ME, _("I do")),
            (OTHER, _("Someone else, 18 or older. I ask for them")),
            (CHILD, _("A child under 18")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who needs the visit"), "invalid_choice": _("Choose who needs the visit")},
    )
    condition = HintField(required=False)


class AnySignsField(forms.MultipleChoiceField):
    """Keeps a tick that is no longer on the list: a sign that was seen once must not get lost."""

    def valid_value(self, value):
        return True


class SignsForm(RequestForm):
    """One list of warning signs. Any one of them, or not being sure, is a yes.

    “None” carries the version of the list that was read: when the list has changed since, it is asked again.
    """

    form_class = "sp3 one"

    signs = AnySignsField(
        label=_("Is any of this new or getting worse?"),
        help_text=_("Tick everything that fits."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what fits, or “None of these”")},
    )

    def __init__(self, *args, library, group, **kwargs):
        super().__init__(*args, **kwargs)
        self.version = library.version
        self.none = f"none-{library.version}"
        self.flags = library.check(group)
        signs = [(flag.key, capitalised(flag.text)) for flag in self.flags]
        self.fields["signs"].choices = [*signs, (UNSURE, _("I am not sure")), (self.none, _("None of these"))]

    def layout(self):
        return Layout(Field("signs", template="booking/_signs.html"))

    def areas(self):
        """(area in words, its checkboxes) for the template; the last, without words, holds what is no sign."""
        boxes = list(self["signs"].subwidgets)
        pairs = zip(self.flags, boxes, strict=False)
        grouped = [
            (FlagArea(area).label, [box for _flag, box in group])
            for area, group in groupby(pairs, key=lambda pair: pair[0].area)
        ]
        return [*grouped, ("", boxes[len(self.flags) :])]

    @property
    def is_yes(self):
        """Whether a sign or “not sure” was ticked, whatever else was, and however the rest of the form looks."""
        ticked = self.fields["signs"].widget.value_from_datadict(self.data, self.files, self.add_prefix("signs"))
        return any(value and not value.startswith("none-") for value in ticked)

    def clean_signs(self):
        signs = self.cleaned_data["signs"]
        if not self.is_yes and self.none not in signs:
            raise forms.ValidationError(_("We have just changed this list. Please read it again"), code="stale")
        return signs


class BothLists:
    """Both lists on one page, for somebody who was asked before: has anything changed since?"""

    def __init__(self, data=None, *, library):
        groups = {"emergency": FlagGroup.EMERGENCY, "same_day": FlagGroup.SAME_DAY}
        self.forms = [SignsForm(data, library=library, group=groups[name], prefix=name) for name in groups]
        self.emergency, self.same_day = self.forms
        self.emergency.fields["signs"].label = _("Is any of this new, or worse than before?")
        self.same_day.fields["signs"].label = _("Or any of these?")

    def is_valid(self):
        return all(form.is_valid() for form in self.forms)

    @property
    def errors(self):
        return [(error, form["signs"]) for form in self.forms for error in form.errors.get("signs", [])]


class DoctorForm(RequestForm):
    """Asked once, when a yes was changed to none."""

    form_class = "sp3 one"

    checked = yes_no(
        label=_("Has a doctor checked this?"),
        help_text=_("You changed an answer. Someone from our clinic will call you before anything else."),
        error_messages={"required": _("Choose yes or no"), "invalid_choice": _("Choose yes or no")},
    )


def capitalised(text):
    """The sign as a sentence of its own; the library writes it as the end of a list."""
    return text[:1].upper() + text[1:]
