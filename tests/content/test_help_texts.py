"""Every field that an editor fills in says beside it what belongs there, in plain words."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from content.admin.drafts import DraftAdmin
from content.admin.parts import BODY_HELP
from content.anatomy import Layout
from content.reading_level import reading_level
from tests.staff import make_superuser

# What Django adds to a form by itself.
NOT_TYPED = {"id", "DELETE"}


@pytest.fixture
def fields(db):
    """{(form, field): help} of every form of a draft and its rows."""
    request = RequestFactory().get("/")
    request.user = make_superuser()
    found = {}
    for model, model_admin in admin.site._registry.items():
        if not isinstance(model_admin, DraftAdmin):
            continue
        forms = {model.__name__: model_admin.get_form(request)}
        for inline in model_admin.get_inline_instances(request):
            formset = inline.get_formset(request)
            forms[inline.model.__name__] = formset.form
            NOT_TYPED.add(formset.fk.name)
        for name, form in forms.items():
            found |= {(name, key): str(field.help_text) for key, field in form.base_fields.items()}
    return {place: text for place, text in found.items() if place[1] not in NOT_TYPED}


def test_every_field_has_one(fields):
    assert len(fields) > 70
    assert [place for place, text in fields.items() if not text.strip()] == []


def test_it_is_a_plain_sentence_or_two(fields):
    texts = [*fields.values(), *map(str, BODY_HELP.values())]
    for text in texts:
        assert len(text) <= 180, text
        assert text.endswith((".", "?")), text
        assert reading_level([text]).longest <= 22, text
    assert reading_level(texts).grade <= 8


def test_every_layout_of_a_section_has_its_own():
    assert set(BODY_HELP) == set(Layout)
