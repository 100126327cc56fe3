"""/social/<kind>/<slug>/<digest>.png: the picture of a page's shared link."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clinic.site import site_of
from clinic.social_images import picture_response
from content.models import Page
from content.page_heads import image_path, page_words
from content.views import LANGUAGE


@require_safe
def social_image(request, kind, slug, digest):
    live = Page.objects.published().select_related("live_version")
    page = get_object_or_404(live, kind=kind, language=LANGUAGE, live_slug=slug)
    words = page_words(page, site_of(request).clinic)
    return picture_response(request, words, digest=digest, path=image_path(page.kind, page.live_slug, words))
