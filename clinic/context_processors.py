"""What every public template may read."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from clinic.site import site_of


def site(request):
    """`site`: the clinic's facts, read on first use. `own_address`: this page's one address, without a query."""
    return {"site": SimpleLazyObject(lambda: site_of(request)), "own_address": settings.SITE_URL + request.path}
