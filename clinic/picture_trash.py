"""Putting a picture into the trash and taking it back. Its files stay: published versions of pages show them."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from clinic.models import Image
from clinic.picture_uses import all_uses


class PictureInUse(Exception):
    """Patients see the picture. `uses` are the places where it must be replaced first."""

    def __init__(self, uses):
        super().__init__(f"in use at {len(uses)} places")
        self.uses = uses


@transaction.atomic
def put_in_trash(*, image_id, by, now):
    """The picture can no longer be chosen. Drafts that hold it keep it, and say so before they are published.

    Locks the row. Raises PictureInUse while patients see it, Image.DoesNotExist. A second time changes nothing.
    """
    image = Image.objects.select_for_update().get(pk=image_id)
    public = [use for use in all_uses().get(image_id, ()) if use.is_public]
    if public:
        raise PictureInUse(public)
    if image.trashed_at is None:
        _move(image, now, by, "Put into the trash.")
    return image


@transaction.atomic
def take_back(*, image_id, by, now):
    """Out of the trash. Raises Image.DoesNotExist. A second time changes nothing."""
    image = Image.objects.select_for_update().get(pk=image_id)
    if image.trashed_at is not None:
        _move(image, None, by, "Taken back from the trash.")
    return image


def _move(image, trashed_at, by, words):
    image.trashed_at = trashed_at
    image.save(update_fields=["trashed_at"])
    LogEntry.objects.log_actions(by.pk, [image], CHANGE, words, single_object=True)
