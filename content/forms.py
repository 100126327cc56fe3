"""What readers say about a page."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from content.wording import is_blank

MOST_LETTERS = 500
CHOOSE = _("Choose yes or no")
# A name and a label that no browser takes for an address, a name or a number.
HONEYPOT_NAME = "question_7"


class CommentField(forms.CharField):
    """Some lines of text, counted as a person counts them. Nothing visible in it counts as empty."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.validators.append(
            MaxLengthValidator(
                MOST_LETTERS,
                ngettext_lazy(
                    "Use %(limit_value)d character or fewer. You used %(show_value)d.",
                    "Use %(limit_value)d characters or fewer. You used %(show_value)d.",
                    "limit_value",
                ),
            )
        )

    def to_python(self, value):
        # Browsers send two characters for a line break that was typed as one.
        text = super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")
        return "" if is_blank(text) else text


class FeedbackForm(forms.Form):
    """Was this page helpful? Yes or no, and a few words if they like."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        label=_("Was this page helpful?"),
        choices=[("yes", _("Yes")), ("no", _("No, or something is wrong"))],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    comment = CommentField(
        label=_("What should we keep, add or mend? (optional)"),
        help_text=_(
            "At most 500 characters. Do not write personal details: no name, number or illness. We cannot write back."
        ),
    )
    question_7 = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, send_name="", **kwargs):
        """`send_name` is what the button sends beside the answers."""
        super().__init__(*args, label_suffix="", **kwargs)
        self.send_name = send_name

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("answer", "comment", Field(HONEYPOT_NAME, template="content/_honeypot.html"))
        helper.attrs = {"novalidate": "novalidate"}
        helper.form_class = "sp3"
        helper.add_input(Submit(self.send_name, _("Send")))
        return helper

    @property
    def has_honeypot(self):
        """Whether something filled the field that people neither see nor reach."""
        return bool(self.data.get(HONEYPOT_NAME))

    def without_honeypot(self, *, send_name):
        """The same answers, to be sent once more."""
        data = self.data.copy()
        data[HONEYPOT_NAME] = ""
        return type(self)(data, send_name=send_name)
