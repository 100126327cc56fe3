"""What every public template may read."""

from django.utils.functional import SimpleLazyObject

from clinic.site import site_of


def site(request):
    return {"site": SimpleLazyObject(lambda: site_of(request))}
