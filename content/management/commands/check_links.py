import time

from django.core.management.base import BaseCommand
from django.utils import timezone

from content.link_checker import ERRORS, MOST_A_RUN, LinkChecker, count_due, sync_links
from content.models import ExternalLink


class Command(BaseCommand):
    help = (
        "Tries the links to other sites: one request a host every five seconds, each link at most once a day. "
        "Lists those that are dead."
    )

    def add_arguments(self, parser):
        parser.add_argument("--most", type=int, default=MOST_A_RUN, help="try at most so many links (default: 200)")

    def handle(self, *args, most, **options):
        total = sync_links()
        checker, tried = LinkChecker(), 0
        while tried < min(most, MOST_A_RUN) and count_due(now=timezone.now()):
            link = checker.check_next(now=timezone.now())
            if link is None:
                if not checker.has_soon(now=timezone.now()):
                    break
                time.sleep(1)
                continue
            tried += 1
        dead = ExternalLink.objects.filter(is_dead=True)
        for link in dead:
            said = ERRORS.get(link.error) or f"HTTP {link.status}"
            self.stdout.write(f"{link.url}  {said}")
        self.stdout.write(f"{total} links to other sites, {tried} tried now, {len(dead)} dead.")
