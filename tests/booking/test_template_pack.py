"""The crispy template pack: patterns of GOV.UK and the NHS, held by their markup."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import engines

from booking.forms.fields import LineField, TextField
from booking.forms.form import RequestForm


class Sample(RequestForm):
    name = LineField(label="Your <name>", max_length=20, help_text="As on your card.")
    color = forms.ChoiceField(
        label="Color", help_text="Any.", choices=[("r", "Red <b>"), ("g", "Green")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Days", choices=[("1", "Monday"), ("2", "Tuesday")], widget=forms.CheckboxSelectMultiple
    )
    agree = forms.BooleanField(label="I agree", help_text="Please read it.")
    note = TextField(label="Note", max_length=5, required=False)
    place = forms.ChoiceField(label="Place", choices=[("", "Choose"), ("a", "A")])
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def render(form):
    return render_crispy_form(form)


def errors(form):
    template = engines["django"].from_string("{% load crispy_forms_filters %}{{ form|as_crispy_errors }}")
    return template.render({"form": form})


def ids(html):
    return re.findall(r' id="([^"]+)"', html)


def test_nothing_is_checked_by_the_browser_and_nothing_is_inline():
    html = render(Sample())
    assert 'novalidate="novalidate"' in html
    assert 'method="post"' in html
    assert " required" not in html
    assert "style=" not in html
    assert "<script" not in html
    assert not re.search(r"\son\w+=", html)


def test_the_csrf_token_is_in_it(rf):
    html = render_crispy_form(Sample(), context={"csrf_token": "x" * 64})
    assert "csrfmiddlewaretoken" in html


@pytest.mark.parametrize("data", [None, {}])
def test_every_input_has_a_visible_label_and_every_reference_points_somewhere(data):
    html = render(Sample(data))
    known = ids(html)
    assert len(known) == len(set(known))
    for reference in re.findall(r'(?:for|aria-describedby)="([^"]+)"', html):
        assert set(reference.split()) <= set(known)
    inputs = re.findall(r'<(?:input|select|textarea)[^>]*id="([^"]+)"', html.replace('type="hidden"', ""))
    labelled = re.findall(r'<label for="([^"]+)"', html)
    assert set(inputs) - {"id_hidden"} == set(labelled)


def test_hint_and_error_stand_before_the_input():
    html = render(Sample({"name": "x" * 21}))
    hint, error = html.index("As on your card."), html.index("Use 20 characters or fewer")
    assert html.index("Your &lt;name&gt;") < hint < error < html.index('<input type="text" name="name"')
    field = re.search(r'<input type="text" name="name"[^>]*>', html)[0]
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert 'aria-invalid="true"' in field
    assert f'value="{"x" * 21}"' in field


def test_choices_are_a_fieldset_with_a_legend_that_carries_hint_and_error():
    html = render(Sample({}))
    group = re.search(
        r'(?s)<fieldset class="f radio f--bad" aria-describedby="([^"]+)"><legend>Color</legend>(.*?)</fieldset>', html
    )
    assert group[1] == "id_color_helptext id_color_error"
    assert group[2].count('type="radio"') == 2
    # A radio button is not invalid, its group is.
    assert "aria-invalid" not in group[2]
    assert "Red &lt;b&gt;" in group[2]
    assert "<fieldset" in html.split("Days</legend>")[0][-120:]


def test_what_was_chosen_stays_chosen():
    html = render(Sample({"color": "g", "days": ["2"], "agree": "on", "note": "far too long", "place": "a"}))
    assert re.findall(r'value="([^"]+)" id="[^"]+" checked', html) == ["g", "2"]
    assert re.search(r'name="agree"[^>]* checked', html)
    assert "far too long" in html
    assert '<option value="a" selected>' in html


def test_a_single_checkbox_has_its_hint_too():
    html = render(Sample({}))
    box = re.search(r'<input type="checkbox" name="agree"[^>]*>', html)[0]
    assert 'aria-describedby="id_agree_helptext id_agree_error"' in box
    assert html.index("Please read it.") < html.index(box)


def test_an_error_is_never_colour_alone():
    assert '<span class="vh">Error: </span>' in render(Sample({}))


def test_the_summary_names_every_error_with_a_link_to_its_first_input():
    form = Sample({})
    html, page = errors(form), render(form)
    assert 'role="alert"' in html
    assert 'tabindex="-1" autofocus' in html
    assert "There is a problem" in html
    links = re.findall(r'href="#([^"]+)"', html)
    assert links == ["id_name", "id_color_0", "id_days_0", "id_agree", "id_place"]
    assert set(links) <= set(ids(page))


def test_no_summary_without_an_error():
    assert errors(Sample()).strip() == ""
    valid = {"name": "x", "color": "r", "days": ["1"], "agree": "on", "place": "a"}
    assert errors(Sample(valid)).strip() == ""


def test_an_error_of_the_whole_form_stands_in_the_summary():
    form = Sample({})
    form.add_error(None, "These do not <fit>")
    assert "These do not &lt;fit&gt;" in errors(form)


def test_what_somebody_typed_is_inert():
    html = render(Sample({"name": '"><img src=x onerror=alert(1)>', "note": "</textarea><script>"}))
    assert "<img" not in html
    assert "<script" not in html


def test_a_plain_form_with_a_helper_of_its_own_works_too():
    class Plain(forms.Form):
        name = forms.CharField(help_text="Hint")

    form = Plain({})
    form.helper = FormHelper()
    form.helper.layout = Layout("name")
    form.helper.add_input(Submit("save", "Save it"))
    html = render(form)
    assert '<button type="submit" class="btn" name="save">Save it</button>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
