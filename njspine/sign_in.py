"""Staff sign-in: who is slowed down after wrong passwords, and when a session ends.

Five wrong passwords for one account from one network lock that pair for 15 minutes, and nothing else: a stranger
cannot lock the only administrator out from elsewhere. Fifty from one network, whatever the names, lock the network.
"""

import datetime
import ipaddress

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.signals import user_logged_in
from django.db.models import Sum
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic.network import client_address
from njspine.kept_text import carried

NETWORK_FAILURE_LIMIT = 50
# A household or office owns at least this much of IPv6, so changing addresses inside it is not being somebody else.
IPV6_NETWORK_BITS = 56
# How exactly the last use is remembered: one write a minute, not one a page.
SEEN_EVERY = datetime.timedelta(minutes=1)


def network_address(request):
    """The address that wrong passwords are counted under: an IPv4 address, or the first one of an IPv6 /56."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return None
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False).network_address)


def account_name(request, credentials):
    """The name that wrong passwords are counted under: an account's own, or a keyed hash of whatever else was typed.

    People type passwords and patients' names into the wrong box; such text is never stored.
    """
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    remembered = getattr(request, "sign_in_account", None)
    if remembered is None or remembered[0] != typed:
        known = get_user_model().objects.filter(username=typed).exists()
        remembered = (typed, typed if known else salted_hmac("njspine.sign_in", typed).hexdigest()[:32])
        request.sign_in_account = remembered
    return remembered[1]


class SignInHandler(AxesDatabaseHandler):
    """Axes counts account and network together; this adds the limit for one network under many names."""

    def get_failures(self, request, credentials=None):
        failures = super().get_failures(request, credentials)
        since = request.axes_attempt_time - settings.AXES_COOLOFF_TIME
        of_network = AccessAttempt.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=since)
        total = of_network.aggregate(total=Sum("failures_since_start"))["total"] or 0
        return max(failures, settings.AXES_FAILURE_LIMIT) if total >= NETWORK_FAILURE_LIMIT else failures


def locked(request, response=None, credentials=None):
    """The page for somebody who must wait. It does not say whether the account exists."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = admin.site.each_context(request) | {
        "title": _("Please wait a little"),
        "minutes": minutes,
        "kept": carried(request),
    }
    page = render(request, "admin/locked.html", context, status=429)
    page["Retry-After"] = str(minutes * 60)
    add_never_cache_headers(page)
    return page


@receiver(pre_save, sender=AccessAttempt)
def keep_no_typed_text(sender, instance, **kwargs):
    """Axes would store what the form held; a name, a network and a count are enough to slow somebody down."""
    instance.get_data = instance.post_data = ""


@receiver(user_logged_in)
def start_session(sender, request, user, **kwargs):
    now = timezone.now()
    request.session["signed_in_at"] = request.session["seen_at"] = now.timestamp()


def end_stale_session(request, *, now):
    """Sign out a session that nobody used for STAFF_IDLE_MINUTES, or that is STAFF_SESSION_HOURS old.

    On the server, so that a stolen cookie or a clock turned back in the browser changes nothing.
    """
    if not request.user.is_authenticated:
        return
    seen, begun = request.session.get("seen_at", 0), request.session.get("signed_in_at", 0)
    idle = now.timestamp() - seen
    if idle > settings.STAFF_IDLE_MINUTES * 60 or now.timestamp() - begun > settings.STAFF_SESSION_HOURS * 3600:
        logout(request)
        messages.info(request, _("You were signed out because this session was over. Please sign in again."))
    elif idle > SEEN_EVERY.total_seconds():
        request.session["seen_at"] = now.timestamp()
