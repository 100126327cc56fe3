"""How hard each live page is to read. A report for editors; nothing is refused because of it."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from content.drafts import upgraded
from content.models import Page
from content.reading_level import page_reading_level

AIM = (6, 8)


class Command(BaseCommand):
    help = "Lists the live pages with grade (Flesch-Kincaid), words, and the longest sentence. The aim is grade 6 to 8."

    def handle(self, *args, **options):
        pages = Page.objects.published().select_related("live_version").in_live_order().order_by("kind", "live_order")
        self.stdout.write(f"{_('grade'):>6} {_('words'):>6} {_('longest'):>8}  {_('page')}")
        for page in pages:
            level = page_reading_level(upgraded(page.live_version.data))
            if level.grade is None:
                continue
            note = "" if AIM[0] <= round(level.grade) <= AIM[1] else f"  ({_('aim: 6 to 8')})"
            self.stdout.write(f"{level.grade:>6} {level.words:>6} {level.longest:>8}  {page.get_absolute_url()}{note}")
