"""Tries the links to other sites, a few at a time and slowly, and remembers how each was when it was last tried.

Nothing is asked by surprise: `manage.py check_links` does it, and the worker when CHECK_LINKS says so. Robots' rules of
other sites are about crawling; one look at a page that we send our readers to is what a reader does.
"""

import datetime
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.wall_clock import day_of
from content.editing.links import external_links
from content.models import ExternalLink
from content.web_probe import probe

AGAIN_AFTER = datetime.timedelta(hours=20)
HOST_PAUSE = 5.0  # seconds between two looks at the same host
MOST_A_RUN = 200
LONGEST_LINK = 400
GONE = frozenset({404, 410})
# “I do not talk to programs”: a reader's browser gets an answer.
SHY = frozenset({401, 402, 403, 405, 406, 407, 418, 429, 451, 999})
GONE_ERRORS = frozenset({"address", "name", "port", "private", "redirects", "refused", "tls"})
# Days of failing, counted from the first failure, after which a link is dead: a second day; a week for mere trouble.
DEAD_AFTER_GONE, DEAD_AFTER_TROUBLE = 1, 7
ERRORS = {
    "address": _("no address that a browser can open"),
    "name": _("there is no site of this name"),
    "port": _("an unusual port"),
    "private": _("leads into a private network"),
    "redirects": _("sent in circles"),
    "refused": _("the site does not answer"),
    "tls": _("the site's certificate is not in order"),
    "timeout": _("no answer in time"),
    "dropped": _("the site broke off"),
}


class LinkChecker:
    """One run: remembers which hosts it asked when, and which asked to be left alone.

    `allowed` (host:port) and `clock` (seconds, steadily rising) are for tests.
    """

    def __init__(self, *, allowed=frozenset(), clock=time.monotonic, timeout=10.0):
        self.allowed, self.clock, self.timeout = allowed, clock, timeout
        self.quiet_until = {}

    def check_next(self, *, now):
        """Try the link that waits longest and whose host may be asked. Returns it, or None when there is none now."""
        for link in _due(now)[:MOST_A_RUN]:
            if self.wait_for(link) <= 0:
                self.check(link, now=now)
                return link
        return None

    def has_soon(self, *, now, within=60.0):
        """Whether a link waits for nothing but the pause of its host."""
        return any(self.wait_for(link) <= within for link in _due(now)[:MOST_A_RUN])

    def wait_for(self, link):
        """Seconds until the link's host may be asked again."""
        return self.quiet_until.get(_host(link.url), 0.0) - self.clock()

    def check(self, link, *, now):
        """Try one link, whatever its turn, and write down what was found. Not inside a transaction: it may be slow."""
        # Taken first: another run does not ask for it at the same time.
        ExternalLink.objects.filter(pk=link.pk).update(checked_at=now)
        user_agent = f"ClinicLinkCheck/1 (+{settings.SITE_URL}/)"
        found = probe(link.url, user_agent=user_agent, now=now, timeout=self.timeout, allowed=self.allowed)
        self.quiet_until[_host(link.url)] = self.clock() + max(HOST_PAUSE, found.retry_after or 0)
        keep_finding(link, found, now=now)
        link.refresh_from_db()


def keep_finding(link, found, *, now):
    """Write down what was found (content.web_probe.Found). Dead is what failed on two different days of the clinic."""
    is_gone = found.status in GONE or found.error in GONE_ERRORS
    is_fine = found.status is not None and not is_gone and (found.status < 400 or found.status in SHY)
    since = None if is_fine else (link.failing_since or now)
    zone = Clinic.objects.get().zone
    days = 0 if is_fine else (day_of(now, zone) - day_of(since, zone)).days
    ExternalLink.objects.filter(pk=link.pk).update(
        checked_at=now,
        status=found.status,
        error=found.error,
        failing_since=since,
        is_dead=not is_fine and days >= (DEAD_AFTER_GONE if is_gone else DEAD_AFTER_TROUBLE),
    )


def sync_links():
    """Make one row for each link to another site in drafts and live pages, and drop the others. Returns how many."""
    wanted = {url for url in external_links() if len(url) <= LONGEST_LINK}
    known = dict(ExternalLink.objects.values_list("url", "pk"))
    gone = [pk for url, pk in known.items() if url not in wanted]
    ExternalLink.objects.filter(pk__in=gone).delete()
    ExternalLink.objects.bulk_create(
        [ExternalLink(url=url) for url in sorted(wanted - known.keys())], ignore_conflicts=True
    )
    return len(wanted)


def count_due(*, now):
    return _due(now).count()


def _due(now):
    tried_lately = Q(checked_at__gt=now - AGAIN_AFTER)
    return ExternalLink.objects.exclude(tried_lately).order_by(F("checked_at").asc(nulls_first=True), "pk")


def _host(url):
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
