"""Pictures: portraits and page images alike."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.fact import Fact, FactQuerySet
from clinic.renditions import Offer, square_offer
from clinic.validators import validate_alt, validate_line


class ImageQuerySet(FactQuerySet):
    def kept(self):
        """What can be chosen: everything that is not in the trash."""
        return self.filter(trashed_at__isnull=True)


class Image(Fact):
    """A picture that was re-encoded when it came in (clinic/images.py). Files are named by content hash.

    Deleting a row leaves its files: a published page version may still show the picture, and no page may break.
    """

    digest = models.CharField(_("content hash"), max_length=64, unique=True, editable=False)
    alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        validators=[validate_alt],
        help_text=_("For people who cannot see it. One short sentence, like “Jordan Example, smiling, at a desk”."),
    )
    is_decorative = models.BooleanField(
        _("only decoration"), default=False, help_text=_("Tick when the picture adds nothing to the words beside it.")
    )
    credit = models.CharField(
        _("credit"),
        max_length=120,
        blank=True,
        validators=[validate_line],
        help_text=_("Who took it, if they want to be named."),
    )
    focal_x = models.PositiveSmallIntegerField(
        _("what matters, from the left (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        _("what matters, from the top (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)
    width = models.PositiveIntegerField(editable=False, help_text=_("Pixels of the widest file."))
    height = models.PositiveIntegerField(editable=False, help_text=_("Pixels of the widest file."))
    widths = models.JSONField(default=list, editable=False, help_text=_("Pixel widths that exist as AVIF and JPEG."))
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="image_has_words_or_is_decorative",
                violation_error_message=_("Say what the picture shows, or tick “only decoration”."),
            )
        ]

    def __str__(self):
        return self.alt or self.digest[:12]

    @property
    def alt_text(self):
        """What a page puts into `alt`: nothing for decoration, so that screen readers pass over it."""
        return "" if self.is_decorative else self.alt

    @property
    def focus(self):
        return self.focal_x, self.focal_y

    @property
    def whole(self):
        """The picture as it is, for `<picture>`."""
        return Offer(self.digest, self.width, self.height, tuple(self.widths))

    @property
    def square(self):
        """The square around what matters, for `<picture>`."""
        return square_offer(self.digest, self.width, self.height, self.focus)

    @property
    def src(self):
        return self.whole.src
