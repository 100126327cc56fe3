"""What each group holds, and that nobody holds more."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from njspine.roles import EDITOR, FRONT_DESK, PUBLISHER, REVIEWER, ROLES, create_groups

# Rows that no role needs: they are read and written by actions, or as parts of other forms.
NOT_GRANTED = {
    "booking.busyslot",
    "booking.contactattempt",
    "booking.preferredwindow",
    "booking.requestdraft",
    "clinic.heartbeat",
    "clinic.textstop",
    "content.livelink",
    "content.searchentry",
    "content.searchposting",
}


def test_every_model_of_ours_is_decided():
    ours = {
        model._meta.label_lower
        for app in ("clinic", "content", "booking")
        for model in apps.get_app_config(app).get_models()
    }
    granted = {label for models in ROLES.values() for label in models}
    assert ours == granted | NOT_GRANTED
    assert not granted & NOT_GRANTED


@pytest.mark.parametrize("role", [EDITOR, REVIEWER, PUBLISHER])
def test_whoever_works_on_pages_holds_no_permission_on_requests_or_messages(role):
    labels = {label for label in ROLES[role] if label.startswith("booking.") or label == "clinic.outgoingmessage"}
    assert labels == set()


def test_who_writes_who_checks_and_who_publishes():
    """Nobody but a superuser holds all three by one group; whoever should is put into two."""
    held = {
        role: {f"{action}_{label.partition('.')[2]}" for label, actions in models.items() for action in actions}
        for role, models in ROLES.items()
    }
    decides = {"publish_page", "review_page", "publish_redflag", "review_redflag"}
    assert {role: held[role] & (decides | {"change_condition"}) for role in ROLES} == {
        FRONT_DESK: set(),
        EDITOR: {"change_condition"},
        REVIEWER: {"review_page", "review_redflag"},
        PUBLISHER: {"change_condition", "publish_page", "publish_redflag"},
    }


def test_front_desk_only_reads_pages():
    assert {actions for label, actions in ROLES[FRONT_DESK].items() if label.startswith("content.")} == {("view",)}


@pytest.mark.django_db
def test_migrating_made_the_groups_and_again_changes_nothing():
    held = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}
    assert set(held) == {FRONT_DESK, EDITOR, REVIEWER, PUBLISHER}
    wanted = {name: sum(map(len, models.values())) for name, models in ROLES.items()}
    assert {name: len(permissions) for name, permissions in held.items()} == wanted
    Group.objects.get(name=EDITOR).permissions.add(Permission.objects.get(codename="view_appointmentrequest"))
    create_groups()
    assert {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()} == held


def test_no_list_of_people_has_a_search_box():
    people = ["auth.user", "booking.appointmentrequest", "booking.appointment", "booking.appointmentevent"]
    assert {label: admin.site.get_model_admin(apps.get_model(label)).search_fields for label in people} == dict(
        zip(people, [[], (), (), ()], strict=True)
    )
