"""Two rings around every answer: the headers that it always carries, and the bounds that a request must keep."""

import secrets

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, empty

from njspine import errors

PUBLIC_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ADMIN_POLICY = PUBLIC_POLICY | {"img-src": "'self' data:", "connect-src": "'self'"}
# The rich-text editor writes one style element and loads one icon font (django-prose-editor 0.28.0, editor.js); its
# import map is inline and carries the nonce. tests/njspine/test_headers.py computes the hash again from that file.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

ALLOWED_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# A browser shows the answer to a too large form only if somebody takes the form off its hands first.
MOST_DRAINED = 20_000_000


class Nonce(SimpleLazyObject):
    """A nonce that comes into being when a template writes it; false until then (as in Django 6)."""

    def __init__(self):
        super().__init__(lambda: secrets.token_urlsafe(16))

    def __bool__(self):
        return self._wrapped is not empty


def is_admin(request):
    return request.resolver_match is not None and "admin" in request.resolver_match.app_names


def policy_for(request):
    """The Content-Security-Policy of the answer. Only the admin ever gets a nonce, and only on pages that wrote it.

    A view whose page looks again by itself sets `request.csp_connects`. One that shows frames of our own sets
    `request.csp_frames`, and one whose page stands in such a frame, as patients get it, `request.csp_framed`.
    """
    policy = PUBLIC_POLICY
    if getattr(request, "csp_connects", False):
        policy = policy | {"connect-src": "'self'"}
    if getattr(request, "csp_framed", False):
        policy = policy | {"frame-ancestors": "'self'"}
    elif is_admin(request):
        policy = ADMIN_POLICY
        if getattr(request, "csp_frames", False):
            policy = policy | {"frame-src": "'self'"}
        if request.csp_nonce:
            policy = policy | {
                "script-src": f"'self' 'nonce-{request.csp_nonce}'",
                "style-src": f"'self' {EDITOR_STYLE}",
                "font-src": "'self'",
            }
    if settings.HTTPS:
        policy = policy | {"upgrade-insecure-requests": ""}
    return "; ".join(f"{name} {sources}".strip() for name, sources in policy.items())


class SecurityHeadersMiddleware:
    """The outermost: static files, errors, redirects and 304 leave through here too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.csp_nonce = Nonce()
        response = self.get_response(request)
        headers = {
            "Content-Security-Policy": policy_for(request),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "Permissions-Policy": PERMISSIONS,
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            # What nobody said may be kept may hold somebody's answers: the Back button after sign-out shows nothing.
            "Cache-Control": "no-store",
        }
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
            headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}"
        if response.status_code >= 400 or is_admin(request):
            headers["X-Robots-Tag"] = "noindex"
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


class RequestBoundsMiddleware:
    """Refuses what no page here asks for: other methods than a browser's own, and bodies beyond all need."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(ALLOWED_METHODS)})
        if request.method not in ALLOWED_METHODS:
            return errors.method_not_allowed(request, ALLOWED_METHODS)
        if content_length(request) > largest_body(request):
            drain(request)
            return errors.too_large(request)
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            return errors.method_not_allowed(request, response.headers.get("Allow", "GET").split(", "))
        return response


def content_length(request):
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def largest_body(request):
    """In bytes. Django itself limits only the part of a form that is not files."""
    with_files = request.content_type == "multipart/form-data" and request.path_info.startswith(reverse("admin:index"))
    return settings.UPLOAD_MAX_BYTES if with_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def drain(request):
    left = content_length(request)
    if left > MOST_DRAINED:
        return
    while left > 0:
        piece = request.META["wsgi.input"].read(min(left, 65_536))
        if not piece:
            return
        left -= len(piece)
