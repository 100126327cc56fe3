"""Public pages are the same for everybody, so browsers and proxies may keep them: briefly, and never past the truth."""

import functools
import hashlib
from collections.abc import Callable

from django.conf import settings
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from clinic.revision import code_revision
from clinic.site import site_of

LONGEST_SECONDS = 300
# For addresses that hold the hash of their content, so that a browser never has to ask again.
FOREVER = "public, max-age=31536000, immutable"


def public_page(*stamps: Callable[[], str]):
    """Decorates a view whose page depends on its path, the clinic's facts, the time, and the given stamps.

    Each stamp is called without arguments and returns a text that changes whenever what the page shows changes.
    The ETag is made of path, facts version, open-now text, date, code revision, address of the site, and stamps;
    whoever has the current page gets a 304 before the view runs. `max-age` ends when the open-now text or the date
    changes, at most LONGEST_SECONDS later. GET and HEAD only, compressed for browsers that ask.
    The view must not touch session, user, messages or csrf: so nothing that is compressed is secret (BREACH).
    """

    def decorate(view):
        @gzip_page
        @require_safe
        @functools.wraps(view)
        def cached(request, *args, **kwargs):
            site = site_of(request)
            etag = _etag(request.path, site, [stamp() for stamp in stamps])
            response = get_conditional_response(request, etag=etag)
            if response is None:
                response = view(request, *args, **kwargs)
            if response.status_code in (200, 304):
                response.headers["ETag"] = etag
                patch_cache_control(response, public=True, max_age=_seconds_true(site), must_revalidate=True)
                # gzip_page says so only of pages with a body, and a 304 has none (RFC 9110, 15.4.5).
                patch_vary_headers(response, ("Accept-Encoding",))
            return response

        return cached

    return decorate


def _etag(path, site, stamps):
    parts = [
        path,
        str(site.clinic.facts_version),
        site.open_state.text,
        site.today.isoformat(),
        code_revision(),
        settings.SITE_URL,
        *map(str, stamps),
    ]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def _seconds_true(site):
    """Whole seconds for which the page stays true; the site's state never outlives the clinic's day."""
    left = (site.open_state.valid_until - site.now).total_seconds()
    return max(0, min(LONGEST_SECONDS, int(left)))
