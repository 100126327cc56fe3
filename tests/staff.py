"""The cast: Sky answers requests, Eddy writes pages, Rae checks them, Pip publishes, Boss may do everything.

Gone worked here once.
"""

from django.contrib.auth.models import Group, User

from njspine.roles import EDITOR, FRONT_DESK, PUBLISHER, REVIEWER

PASSWORD = "a sentence nobody would guess"


def make_staff(username, *groups, **fields):
    user = User.objects.create_user(username, password=PASSWORD, **{"is_staff": True} | fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_front_desk(username="sky", **fields):
    return make_staff(username, FRONT_DESK, **fields)


def make_editor(username="eddy", **fields):
    return make_staff(username, EDITOR, **fields)


def make_publisher(username="pip", **fields):
    return make_staff(username, PUBLISHER, **fields)


def make_reviewer(username="rae", **fields):
    return make_staff(username, REVIEWER, **fields)


def make_superuser(username="boss", **fields):
    return make_staff(username, is_superuser=True, **fields)
