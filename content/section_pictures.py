"""The picture of a section, from the values of a version: it shows what was public then, whatever the library says."""

from dataclasses import dataclass

from clinic.renditions import Offer
from content.gate_pictures import words_of


@dataclass(frozen=True)
class PictureView:
    """`alt` is empty for decoration, `credit` is whoever took it, or empty."""

    offer: Offer
    alt: str
    credit: str

    @property
    def is_tall(self):
        return self.offer.height > self.offer.width


def picture_view(section):
    """The PictureView of a section of PageVersion.data; None for a section without a picture."""
    image = section.get("image")
    if image is None:
        return None
    offer = Offer(image["digest"], image["width"], image["height"], tuple(image["widths"]))
    return PictureView(offer, words_of(section), image["credit"])
