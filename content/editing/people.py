"""Who may check, who may publish, and whom to write to."""

from django.contrib.auth import get_user_model

from clinic.models import Practitioner

BACKEND = "django.contrib.auth.backends.ModelBackend"
PUBLISH, REVIEW, PUBLISH_SIGNS, REVIEW_SIGNS = (
    "content.publish_page",
    "content.review_page",
    "content.publish_redflag",
    "content.review_redflag",
)


def clinician_of(user, permission=REVIEW):
    """The Practitioner as whom `user` checks, or None. A check counts only from somebody with a name and a license.

    `user` may be None (deleted since). Two queries.
    """
    if user is None or not user.is_active or not user.has_perm(permission):
        return None
    return Practitioner.objects.active().filter(user=user).first()


def reviewers(permission=REVIEW):
    """Users whose check counts, by name. One query."""
    return _staff(permission).filter(practitioner__is_active=True).select_related("practitioner")


def may_publish(user):
    """Whether this user may publish pages now. Up to two queries."""
    return user.is_active and user.is_staff and user.has_perm(PUBLISH)


def publishers():
    """Users who may publish pages, by name; superusers only when there is nobody else. At most two queries."""
    return list(_staff(PUBLISH, include_superusers=False)) or list(_staff(PUBLISH))


def name_of(user):
    """How staff know each other."""
    return user.get_full_name() or user.get_username() if user else ""


def _staff(permission, **options):
    users = get_user_model().objects.with_perm(permission, is_active=True, backend=BACKEND, **options)
    return users.filter(is_staff=True).order_by("first_name", "last_name", "username")
