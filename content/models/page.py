"""What every page has. The rows here are the draft; patients see the live PageVersion (content/publishing.py)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.validators import validate_alt
from content.anatomy import USUAL_HEADINGS, Drawing, PageKind, Still
from content.rich_text import RichTextField
from content.wording import is_blank


def validate_visible(value):
    if is_blank(value):
        raise ValidationError(_("Write at least one letter that people can see."))


class PageQuerySet(models.QuerySet):
    def published(self):
        """The one definition of “public”: view, list, feed, sitemap and search all start here."""
        return self.filter(live_version__isnull=False)

    def kept(self):
        """What editors work with: everything that is not in the trash."""
        return self.filter(trashed_at__isnull=True)

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def in_live_order(self):
        return self.order_by("live_order", "live_title", "pk")


class Page(models.Model):
    """One page in one language. Draft columns are what editors type; `live_*` columns are what lists show."""

    page_kind = None  # set by each kind

    kind = models.CharField(_("kind"), max_length=10, choices=PageKind, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en", editable=False)
    slug = models.SlugField(
        _("address on the site"),
        max_length=80,
        help_text=_("Last part of the page's address, like neck-pain. Small letters, no spaces."),
    )
    title = models.CharField(
        _("title"),
        max_length=90,
        validators=[validate_visible],
        help_text=_("The name that patients use, like “Slipped disc”. They may not know the medical word."),
    )
    medical_name = models.CharField(
        _("medical name"),
        max_length=120,
        blank=True,
        help_text=_("Shown once, for people who read it in a letter, like “lumbar radiculopathy”."),
    )
    tagline = models.CharField(
        _("one line for lists"),
        max_length=120,
        blank=True,
        help_text=_("Shown below the title in lists, like “Pain, tingling or numbness that runs down one leg”."),
    )
    summary = models.TextField(
        _("opening lines"),
        blank=True,
        max_length=1000,
        help_text=_("Two or three short sentences: what it is, how it usually goes, what matters most."),
    )
    search_description = models.CharField(
        _("description for search engines"),
        max_length=160,
        blank=True,
        help_text=_("50 to 160 characters. Shown in search results, like “What sciatica feels like and what helps”."),
    )
    search_words = models.CharField(
        _("other words people type"),
        max_length=300,
        blank=True,
        help_text=_("With commas. Never shown: the site's search finds the page by them, like “lumbago”."),
    )
    red_flags = models.ManyToManyField(
        "content.RedFlag", blank=True, related_name="pages", verbose_name=_("warning signs shown on this page")
    )
    no_emergency_card = models.BooleanField(
        _("this page needs no emergency card"),
        default=False,
        help_text=_(
            "For pages like “Costs”. Never for a condition or treatment, nor where people move, are treated by hand "
            "or heal after surgery."
        ),
    )
    related = models.ManyToManyField(
        "self",
        blank=True,
        symmetrical=False,
        related_name="related_from",
        verbose_name=_("read next"),
        help_text=_("Two to five pages that help the same reader. Links show on both pages."),
    )
    author = models.ForeignKey(
        "clinic.Practitioner",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
        help_text=_("Readers see the name with a link to the person's page."),
    )
    reviewer = models.ForeignKey(
        "clinic.Practitioner",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
        help_text=_("The clinician who really checked this text. Leave empty until that happened."),
    )
    last_reviewed = models.DateField(
        _("last checked on"), null=True, blank=True, help_text=_("The day on which that clinician read this text.")
    )
    next_review = models.DateField(
        _("next check due"), null=True, blank=True, help_text=_("At most three years later. Readers see this date.")
    )
    order = models.PositiveSmallIntegerField(
        _("order in lists"), default=0, help_text=_("Small numbers first. Pages with the same number stand by title.")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked after by"),
        help_text=_("Gets a mail when the next check is due. The reviewers as a group get it too."),
    )
    updated_at = models.DateTimeField(_("draft saved"), auto_now=True)
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("put there by"),
    )

    preview_generation = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Raised to end every link to a preview of this page.")
    )

    live_version = models.ForeignKey("content.PageVersion", models.PROTECT, null=True, editable=False, related_name="+")
    live_slug = models.SlugField(max_length=80, blank=True, editable=False)
    live_title = models.CharField(max_length=90, blank=True, editable=False)
    live_tagline = models.CharField(max_length=120, blank=True, editable=False)
    live_order = models.PositiveSmallIntegerField(default=0, editable=False)
    first_published_at = models.DateTimeField(null=True, editable=False)
    live_since = models.DateTimeField(null=True, editable=False, help_text=_("When the live version was published."))

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["kind", "order", "title"]
        permissions = [
            ("publish_page", _("Can publish pages, plan it, and take pages off the site")),
            ("review_page", _("Can check pages as a clinician")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "slug"],
                name="page_slug_once",
                violation_error_message=_("Another page has this address."),
            ),
            models.UniqueConstraint(
                fields=["kind", "language", "live_slug"],
                name="page_live_slug_once",
                condition=Q(live_version__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(next_review__isnull=True)
                | Q(last_reviewed__isnull=True)
                | Q(next_review__gt=F("last_reviewed")),
                name="page_next_review_after_last",
                violation_error_message=_("The next check must be after the last one."),
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | Q(last_reviewed__isnull=False),
                name="page_reviewer_has_date",
                violation_error_message=_("Say on which day the page was checked."),
            ),
            models.CheckConstraint(
                condition=Q(live_version__isnull=True, live_since__isnull=True)
                | Q(live_version__isnull=False, live_since__isnull=False, first_published_at__isnull=False),
                name="page_live_columns_together",
            ),
            models.CheckConstraint(
                condition=Q(trashed_at__isnull=True) | Q(live_version__isnull=True),
                name="page_in_trash_is_not_live",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.kind = self.page_kind or self.kind
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Where patients find the live page; the draft's own address while nothing is live."""
        return page_url(self.kind, self.live_slug or self.slug)


def page_url(kind, slug):
    """Address of a page. The glossary has one place of its own, whatever its slug says."""
    return reverse(f"content:{PageKind(kind).value}", args=[] if kind == PageKind.GLOSSARY else [slug])


class LiveLink(models.Model):
    """A live page names another page. Rewritten when `from_page` is published, so that links show both ways."""

    from_page = models.ForeignKey(Page, models.CASCADE, related_name="live_links")
    to_page = models.ForeignKey(Page, models.CASCADE, related_name="live_links_from")

    class Meta:
        verbose_name = _("live link")
        verbose_name_plural = _("live links")
        constraints = [models.UniqueConstraint(fields=["from_page", "to_page"], name="live_link_once")]

    def __str__(self):
        return f"{self.from_page_id} -> {self.to_page_id}"


class Section(models.Model):
    """One named part of a page. Which columns count depends on the section's layout (content/anatomy.py)."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Small numbers first: 0 is the top of the page.")
    )
    key = models.CharField(_("part"), max_length=20, help_text=_("What this section is. It decides how it is drawn."))
    heading = models.CharField(
        _("heading"),
        max_length=90,
        blank=True,
        help_text=_("A question that readers ask, like “Do I need a scan?”. Empty: the usual heading."),
    )
    body = RichTextField(
        _("text"), blank=True, help_text=_("Cite a source by its number in square brackets, like [4].")
    )
    unlikely_if = models.TextField(
        _("you probably do not have it if"),
        blank=True,
        max_length=1000,
        help_text=_(
            "The end of that sentence, like “the pain stays in your back”. “This does not rule out other causes.” is "
            "added for you."
        ),
    )
    do = models.TextField(
        _("do"), blank=True, max_length=4000, help_text=_("One a line, like “take short walks”. Small first letter.")
    )
    dont = models.TextField(
        _("do not"),
        blank=True,
        max_length=4000,
        help_text=_("One a line, like “stay in bed”. “Do not” is added for you."),
    )
    number = models.PositiveSmallIntegerField(
        _("how many in 100"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("Draws 100 dots and fills this many, like 55. Empty: no dots."),
    )
    number_text = models.CharField(
        _("what happened to them"), max_length=160, blank=True, help_text=_("Like “had much less pain after a year”.")
    )
    number_note = models.CharField(
        _("who they were, and the source"),
        max_length=300,
        blank=True,
        help_text=_("Like “609 people with sciatica in British clinics, after 12 months [6]”."),
    )
    drawing = models.CharField(
        _("drawing"),
        max_length=40,
        blank=True,
        choices=[*Drawing.choices, *Still.choices],
        help_text=_("One of the site's own drawings. Leave it empty when it would not help anybody."),
    )
    image = models.ForeignKey(
        "clinic.Image",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("picture"),
        help_text=_("From the image library. A section has a drawing or a picture, not both."),
    )
    image_alt = models.CharField(
        _("the picture in words"),
        max_length=200,
        blank=True,
        validators=[validate_alt],
        help_text=_("What it shows here, for people who cannot see it. Empty: the words of the library."),
    )
    caption = models.CharField(
        _("what the drawing or picture shows"),
        max_length=200,
        blank=True,
        help_text=_("What to conclude from it, like “The pain is in the leg, but it starts in the back”."),
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__lte=100),
                name="section_number_of_100",
                violation_error_message=_("At most 100 in 100."),
            )
        ]

    def __str__(self):
        return self.heading or str(USUAL_HEADINGS.get(self.key) or self.key)


class Source(models.Model):
    """Where a claim comes from. Texts cite it by its number, so the number stays when the list changes."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="sources")
    number = models.PositiveSmallIntegerField(
        _("number"),
        validators=[MaxValueValidator(999)],
        help_text=_("Texts cite it as [4]. Never give the number to another source."),
    )
    citation = models.CharField(
        _("author, title, publisher"), max_length=300, help_text=_("Like “NICE. Low back pain and sciatica, NG59”.")
    )
    year = models.CharField(
        _("year"), max_length=20, blank=True, help_text=_("When it was published, like 2016, or 2016, updated 2020.")
    )
    url = models.URLField(
        _("link"), max_length=400, blank=True, help_text=_("Where anybody can read it, like https://www.nhs.uk/….")
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["number", "pk"]

    def __str__(self):
        return f"{self.number}. {self.citation}"
