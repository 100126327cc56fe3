"""The small files that machines read."""

import datetime

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control

# RFC 9116, section 2.5.5 recommends less than a year.
SECURITY_TXT_VALID_FOR = datetime.timedelta(days=180)


@cache_control(public=True, max_age=86_400)
def robots_txt(request):
    """Everything may be read by anybody, but for the staff's rooms, drafts and one person's half-finished request."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /preview/",
        "Allow: /appointments/$",
        "Disallow: /appointments/",
    ]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap_xml')}"]
    return plain_text(lines)


@cache_control(public=True, max_age=86_400)
def security_txt(request):
    """RFC 9116. `Expires` is computed, so that nobody has to remember to renew it."""
    expires = (timezone.now() + SECURITY_TXT_VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT or settings.SITE_URL + reverse('clinic:contact')}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
    ]
    return plain_text(lines)


def plain_text(lines):
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
