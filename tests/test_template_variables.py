"""The watcher of missing template variables is itself no rubber stamp."""

from types import SimpleNamespace

import pytest
from django.forms import Form
from django.template import Context, Engine, Template
from django.template.base import Origin

from tests.template_variables import OUR_TEMPLATES


@pytest.fixture
def found(template_watcher):
    def found(source, *, folder=OUR_TEMPLATES, **context):
        origin = Origin(name=f"{folder}/clinic/made_up.html", template_name="clinic/made_up.html")
        Template(source, origin=origin, engine=Engine()).render(Context(context))
        return template_watcher.take()

    return found


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{{ missing }}", "missing"),
        ("\n{{ page.tittle }}", "tittle"),
        ("{% if page.tittle %}x{% endif %}", "tittle"),
        ("{% for one in missing %}{% endfor %}", "missing"),
        ("{{ missing|upper }}", "missing"),
        ("{% with a=missing %}{% endwith %}", "missing"),
    ],
)
def test_it_sees_what_nobody_gave(found, source, name):
    line = source.count("\n") + 1
    assert found(source, page=SimpleNamespace(title="x")) == [f"clinic/made_up.html:{line}: {name}"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ given }}",
        "{% if flag %}x{% endif %}",
        "{% if form.fields.outcome %}x{% endif %}",
        "{% if form.outcome %}x{% endif %}",
        "{{ word|default:'' }}",
        "{% firstof word 'x' %}",
    ],
)
def test_it_lets_pass_what_a_template_asks_for_politely(found, source):
    assert found(source, given="x", form=Form()) == []


def test_other_projects_templates_are_their_own(found):
    assert found("{{ missing }}", folder="/elsewhere") == []
