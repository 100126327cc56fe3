"""What brings the patient."""

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.forms.fields import yes_no
from booking.forms.form import RequestForm
from booking.forms.safety import WhoForm

BEEN_HERE = _("Choose yes or no: a visit to our clinic before")
HAD_SURGERY = _("Choose yes or no: surgery or an injection in the last 3 months")


class ReasonForm(RequestForm):
    """`conditions` are published Conditions; `who` words the questions."""

    OTHER, UNSURE = "other", "unsure"

    reason = forms.ChoiceField(
        label=_("What is the visit about?"),
        help_text=_("Choose what comes closest. You do not need to be sure."),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the visit is about"),
            "invalid_choice": _("We no longer list that reason. Choose another one"),
        },
    )
    returning = yes_no(error_messages={"required": BEEN_HERE, "invalid_choice": BEEN_HERE})
    recent_surgery = yes_no(error_messages={"required": HAD_SURGERY, "invalid_choice": HAD_SURGERY})

    def __init__(self, *args, conditions, who, **kwargs):
        super().__init__(*args, **kwargs)
        self.conditions = {str(condition.pk): condition for condition in conditions}
        self.fields["reason"].choices = [
            *((key, condition.live_title) for key, condition in self.conditions.items()),
            (self.OTHER, _("Something else")),
            (self.UNSURE, _("I am not sure")),
        ]
        if who == WhoForm.OTHER:
            returning = _("Has the person who needs the visit been to our clinic before?")
            surgery = _("In the last 3 months, have they had spine surgery or an injection in the back or neck?")
        else:
            returning = _("Have you been to our clinic before?")
            surgery = _("In the last 3 months, have you had spine surgery or an injection in your back or neck?")
        self.fields["returning"].label = returning
        self.fields["recent_surgery"].label = surgery

    def answers(self):
        """Values for RequestAnswers."""
        chosen = self.cleaned_data["reason"]
        condition = self.conditions.get(chosen)
        return {
            "condition": condition,
            "reason_other": "" if condition else chosen,
            "is_new_patient": self.cleaned_data["returning"] == "no",
            "recent_surgery": self.cleaned_data["recent_surgery"] == "yes",
        }
