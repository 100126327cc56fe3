"""Writes everything that was public between two days into one ZIP: for a request years later, or for safekeeping."""

import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.site import load_site
from clinic.wall_clock import DAY, to_instants, whole_days
from content.models import Page
from content.records import write_record


class Command(BaseCommand):
    help = "Write every version of every page that was public between two days, with a list of who and when, as a ZIP."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first_day", help="first day, like 2026-01-31")
        parser.add_argument("--to", dest="last_day", help="last day, like 2026-12-31; today if left out")
        parser.add_argument("--out", required=True, help="the file to write; it must not exist yet")

    def handle(self, *, first_day, last_day, out, **options):
        site = load_site(now=timezone.now())
        first, last = self.day(first_day, "--from"), self.day(last_day, "--to")
        if first and last and last < first:
            raise CommandError("--to is before --from.")
        since = _start(first, site.clinic.zone) if first else None
        until = _start(last + DAY, site.clinic.zone) - datetime.timedelta(microseconds=1) if last else None
        target = Path(out)
        try:
            file = target.open("xb")
        except OSError as error:
            raise CommandError(f"Cannot write {target}: {error.strerror}.") from error
        try:
            with file:
                count = write_record(file, Page.objects.all(), site=site, since=since, until=until)
        except BaseException:
            # Half an archive must not look like a whole one.
            target.unlink()
            raise
        self.stdout.write(f"{count} versions written to {target}.")

    def day(self, text, option):
        try:
            return datetime.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise CommandError(f"{option} is no day: write it like 2026-01-31.") from error


def _start(day, zone):
    """The instant at which that day begins in the zone."""
    return to_instants([whole_days(day, day)], zone)[0].start
