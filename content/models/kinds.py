"""The kinds of page, each a Page with what only it has. What a draft may leave empty the gate asks for later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from content.anatomy import PageKind, Rating, Still
from content.models.page import Page
from content.rich_text import RichTextField
from content.states import Region, TreatmentCategory


class Condition(Page):
    page_kind = PageKind.CONDITION

    region = models.CharField(
        _("where it hurts"),
        max_length=14,
        choices=Region,
        blank=True,
        help_text=_("The list of conditions is ordered by it. Choose where most people feel it."),
    )
    also_region = models.CharField(
        _("it also hurts"),
        max_length=14,
        choices=Region,
        blank=True,
        help_text=_("A second place under which people look for it, like the leg for a herniated disc."),
    )
    also_called = models.CharField(
        _("also called"),
        max_length=200,
        blank=True,
        help_text=_("Other words people use, with commas: slipped disc, pinched nerve."),
    )

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")


class Treatment(Page):
    page_kind = PageKind.TREATMENT

    category = models.CharField(
        _("sort of treatment"),
        max_length=10,
        choices=TreatmentCategory,
        default=TreatmentCategory.THERAPY,
        help_text=_("How the list of treatments is ordered, and how search engines understand the page."),
    )
    rating = models.CharField(
        _("how sure we are that it helps"),
        max_length=16,
        choices=Rating,
        blank=True,
        help_text=_("What the sources below say, not what we have seen ourselves. Unsure: “Unclear”."),
    )
    is_offered = models.BooleanField(
        _("we offer it"), default=True, help_text=_("Without the tick the page says that we do not offer this.")
    )
    good_for = models.CharField(
        _("for"),
        max_length=160,
        blank=True,
        help_text=_("Which troubles, like “back pain that has lasted for months”."),
    )
    feels_like = models.CharField(
        _("what it feels like"),
        max_length=200,
        blank=True,
        help_text=_("Like “warm and pleasant; some soreness later”."),
    )
    visits = models.CharField(
        _("how long, how many visits"), max_length=160, blank=True, help_text=_("Like “30 minutes, 4 to 6 visits”.")
    )
    done_by = models.CharField(
        _("who does it"), max_length=120, blank=True, help_text=_("Like “a physical therapist, with you”.")
    )
    cost_note = models.CharField(
        _("cost"), max_length=200, blank=True, help_text=_("What people pay and what insurance covers, in one line.")
    )

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")


class Article(Page):
    page_kind = PageKind.ARTICLE

    key_points = models.TextField(
        _("in short"),
        blank=True,
        max_length=1000,
        help_text=_("Three lines that a hurried reader takes away. One a line."),
    )
    series = models.CharField(
        _("series"),
        max_length=60,
        blank=True,
        help_text=_("Articles with the same words here lead from one to the next, in the order of the list."),
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class InfoPage(Page):
    page_kind = PageKind.INFO

    is_model_text = models.BooleanField(
        _("model text"),
        default=False,
        help_text=_("Ticked: the page says that the clinic's counsel must still check it."),
    )

    class Meta:
        verbose_name = _("practical page")
        verbose_name_plural = _("practical pages")


class Glossary(Page):
    """The page of words; its terms open in place wherever a page uses them. One for each language."""

    page_kind = PageKind.GLOSSARY

    class Meta:
        verbose_name = _("glossary")
        verbose_name_plural = _("glossary")


class RatedTreatment(models.Model):
    """A treatment as it stands for one condition, in the order that guidelines give, not in that of anyone's income."""

    condition = models.ForeignKey(Condition, models.CASCADE, related_name="rated_treatments")
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("In the order that guidelines give. Small numbers first.")
    )
    treatment = models.ForeignKey(
        Treatment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="rated_for",
        verbose_name=_("page to link to"),
        help_text=_("The site's own page about it, if there is one."),
    )
    name = models.CharField(_("name"), max_length=90, help_text=_("As patients say it, like “Hands-on therapy”."))
    rating = models.CharField(
        _("how sure we are"),
        max_length=16,
        choices=Rating,
        blank=True,
        help_text=_("For this condition, by the sources below. Unsure: “Unclear”."),
    )
    text = RichTextField(
        _("what is known"), blank=True, help_text=_("Two sentences, each with its source in brackets, like [4].")
    )

    class Meta:
        verbose_name = _("rated treatment")
        verbose_name_plural = _("rated treatments")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class Movement(models.Model):
    """A movement to leave out for now: never a ban for everybody and for ever."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="movements")
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Small numbers first."))
    name = models.CharField(_("movement"), max_length=90, help_text=_("As people call it, like “Full sit-ups”."))
    drawing = models.CharField(
        _("drawing"), max_length=40, blank=True, choices=Still, help_text=_("Shows the movement. Empty: words only.")
    )
    leave_out_if = models.CharField(
        _("leave it out for now if"), max_length=200, blank=True, help_text=_("Like “it sends pain down your leg”.")
    )
    why = models.CharField(_("why"), max_length=300, blank=True, help_text=_("One plain sentence, without blame."))
    swap_for = models.CharField(
        _("swap it for"), max_length=200, blank=True, help_text=_("What to do instead, like “a small curl-up”.")
    )
    fine_again = models.CharField(
        _("when it is fine again"),
        max_length=200,
        blank=True,
        help_text=_("Like “when bending does not hurt the leg”."),
    )

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class Term(models.Model):
    """A word that patients may not know, and what it means."""

    glossary = models.ForeignKey(Glossary, models.CASCADE, related_name="terms")
    name = models.CharField(
        _("word"), max_length=60, help_text=_("As it stands in the middle of a sentence, like “bulging disc”.")
    )
    also = models.CharField(
        _("other forms"),
        max_length=160,
        blank=True,
        help_text=_("With commas: discs, disk. Found in texts as well as the word itself."),
    )
    meaning = models.CharField(
        _("what it means"), max_length=300, blank=True, help_text=_("One or two short sentences that read well alone.")
    )

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["glossary", "name"],
                name="term_once",
                violation_error_message=_("This word is in the glossary already."),
            )
        ]

    def __str__(self):
        return self.name
