"""Who may say that pages must be checked, and as whom somebody checks them: superusers, not whoever edits the facts."""

import pytest
from django.urls import reverse

from clinic.models import Clinic, Practitioner
from content.editing.people import clinician_of
from tests.content.reading import Soup, form_data
from tests.factories import make_clinic, make_practitioner
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer, make_superuser

pytestmark = pytest.mark.django_db


def send(client, row, **fields):
    url = reverse(f"admin:clinic_{row._meta.model_name}_change", args=[row.pk])
    return client.post(url, form_data(Soup.parse(client.get(url).content.decode())) | fields)


def test_a_superuser_turns_the_checks_on(client):
    client.force_login(make_superuser())
    assert send(client, make_clinic(), pages_need_review="on").status_code == 302
    assert Clinic.objects.get().pages_need_review


def test_a_superuser_links_a_sign_in_to_a_clinician(client):
    make_clinic()
    rae, row = make_reviewer(), make_practitioner()
    client.force_login(make_superuser())
    assert send(client, row, user=rae.pk).status_code == 302
    assert clinician_of(rae) == row


def test_one_sign_in_is_one_clinician_who_may_sign_in(client):
    make_clinic()
    rae, gone = make_reviewer(), make_reviewer("gone", is_active=False)
    make_practitioner(user=rae)
    row = make_practitioner()
    client.force_login(make_superuser())
    assert send(client, row, user=rae.pk).status_code == 200
    assert send(client, row, user=gone.pk).status_code == 200
    row.refresh_from_db()
    assert row.user is None


@pytest.mark.parametrize("make", [make_front_desk, make_editor, make_publisher])
def test_nobody_else_can_forge_either(client, make):
    clinic, rae = make_clinic(pages_need_review=True), make_reviewer()
    linked, row = make_practitioner(user=rae), make_practitioner()
    me = make()
    client.force_login(me)
    assert send(client, clinic, pages_need_review="").status_code == 302
    assert send(client, row, user=me.pk).status_code == 302
    assert send(client, linked, user="").status_code == 302
    assert Clinic.objects.get().pages_need_review
    assert list(Practitioner.objects.order_by("pk").values_list("user", flat=True)) == [rae.pk, None]
