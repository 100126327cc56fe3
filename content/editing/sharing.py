"""Who may read a draft by its link, and no longer."""

from django.db import transaction
from django.db.models import F

from content.models import Page


@transaction.atomic
def revoke_preview_links(*, page):
    """End every link that was made for a preview of `page`, at once and for good. New ones can be made."""
    Page.objects.select_for_update().get(pk=page.pk)
    Page.objects.filter(pk=page.pk).update(preview_generation=F("preview_generation") + 1)
