"""Writes the index of the search again, after a change of how pages become words."""

from django.core.management.base import BaseCommand

from content.search.index import rebuild


class Command(BaseCommand):
    help = "Write the search index again from the pages as they are live. The site may run meanwhile."

    def handle(self, **options):
        self.stdout.write(f"{rebuild()} pages can be found.")
