"""What all pages of a request have in common."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

# A name and a label that no browser takes for an address, a name or a number.
HONEYPOT_NAME = "question_7"


class RequestForm(forms.Form):
    """A page of questions. Cleans to plain JSON values, so that a draft can keep them and ask them again."""

    use_required_attribute = False
    submit_label = _("Continue")
    form_class = "sp3"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def layout(self):
        """The crispy layout; in a simple form all fields in their order."""
        return Layout(*self.fields)

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = self.layout()
        helper.attrs = {"novalidate": "novalidate"}
        helper.form_class = self.form_class
        helper.add_input(Submit("", self.submit_label))
        return helper

    def typed(self):
        """(label, text) of every text field in which something visible stands, for a page that cannot keep it."""
        texts = (forms.TextInput, forms.Textarea)
        return [
            (field.label, field.value())
            for field in self.visible_fields()
            if isinstance(field.field.widget, texts) and field.value() and field.name != HONEYPOT_NAME
        ]

    @classmethod
    def from_kept(cls, kept, **kwargs):
        """The form as if `kept` (what it cleaned to earlier) were sent again: choices may be gone by now."""
        data = MultiValueDict()
        for name, value in kept.items():
            if value is True:
                data.setlist(name, ["on"])
            elif isinstance(value, list):
                data.setlist(name, value)
            elif value is not False:
                data.setlist(name, [value])
        return cls(data, **kwargs)
