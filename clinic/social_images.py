"""The pictures of shared links: drawn when first asked for, kept in memory, addressed by the words that they show.

Nothing is drawn when a page is published or a fact is saved, so no image work ever waits inside a transaction, and no
file can be stale or missing. An address holds a digest of the words; only the words that are public now are drawn, so
nobody can have anything else drawn here, and each picture costs a process about 0.1 s once.
"""

import hashlib
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response

from clinic.caching import FOREVER, LONGEST_SECONDS
from clinic.social_drawing import AMBER, DESIGN, HEIGHT, WIDTH, draw

# Of a SHA-256, in hexadecimal: 64 bits.
DIGEST_LENGTH = 16
# Pictures kept by each process, about 30 KB each.
MOST_KEPT = 128
drawing_alone = threading.Lock()


@dataclass(frozen=True)
class SocialImage:
    """A picture for a shared link. `url` is absolute, `alt` says what it shows, sizes are in pixels."""

    url: str
    alt: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Words:
    """What a picture shows: a small `label` above the `title`, the clinic's `name`, and which block is amber."""

    title: str
    label: str
    name: str
    amber: int = AMBER

    @property
    def digest(self):
        text = "\0".join([DESIGN, self.title, self.label, self.name, str(self.amber)])
        return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def clinic_image(clinic):
    """The picture of every page that has none of its own."""
    words = clinic_words(clinic)
    return image_of(words, reverse("clinic:social_image", args=[words.digest]))


def clinic_words(clinic):
    return Words(clinic.tagline or clinic.name, "", clinic.name)


def image_of(words, path):
    """The SocialImage of the words, which stands at the absolute path given."""
    parts = dict.fromkeys(filter(None, [words.title, words.name]))
    return SocialImage(settings.SITE_URL + path, " | ".join(parts))


def picture_response(request, words, *, digest, path):
    """The picture, for ever the same at its address; from an older digest a short-lived redirect to today's `path`."""
    if digest != words.digest:
        return HttpResponseRedirect(path, headers={"Cache-Control": f"public, max-age={LONGEST_SECONDS}"})
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        with drawing_alone:
            picture = _drawn(words)
        response = HttpResponse(picture, content_type="image/png")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FOREVER
    # Other sites show it beside a shared link; that is what it is for.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@lru_cache(maxsize=MOST_KEPT)
def _drawn(words):
    return draw(**asdict(words))
