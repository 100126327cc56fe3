"""The kinds of page, each a Page with what only it has."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from content.anatomy import PageKind, Rating
from content.models.page import Page
from content.rich_text import RichTextField


class Region(models.TextChoices):
    """Where it hurts: how the index of conditions is ordered."""

    NECK = "neck", _("Neck")
    UPPER_BACK = "upper_back", _("Upper back")
    LOWER_BACK = "lower_back", _("Lower back")
    LEG = "leg", _("Down the leg")
    AFTER_SURGERY = "after_surgery", _("After surgery")



class Condition(Page):
    region = models.CharField(_("where it hurts"), max_length=14, choices=Region)
    also_called = models.CharField(
        _("also called"), max_length=200, blank=True, help_text=_("Other words people use, with commas: slipped disc, pinched nerve.")
    )

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")

    def save(self, *args, **kwargs):
        self.kind = PageKind.CONDITION
        super().save(*args, **kwargs)


class Treatment(Page):
    rating = models.CharField(_("how sure we are that it helps"), max_length=16, choices=Rating)
    is_offered = models.BooleanField(_("we offer it"), default=True)
    good_for = models.CharField(_("for"), max_length=160, blank=True)
    feels_like = models.CharField(_("what it feels like"), max_length=200, blank=True)
    visits = models.CharField(_("how long, how many visits"), max_length=160, blank=True)
    done_by = models.CharField(_("who does it"), max_length=120, blank=True)
    cost_note = models.CharField(_("cost"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")

    def save(self, *args, **kwargs):
        self.kind = PageKind.TREATMENT
        super().save(*args, **kwargs)


class Article(Page):
    key_points = models.TextField(_("in short"), blank=True, help_text=_("Three lines that a hurried reader takes away."))

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def save(self, *args, **kwargs):
        self.kind = PageKind.ARTICLE
        super().save(*args, **kwargs)


class InfoPage(Page):
    is_model_text = models.BooleanField(
        _("model text"), default=False, help_text=_("Ticked: the page says that the clinic's counsel must still check it.")
    )

    class Meta:
        verbose_name = _("practical page")
        verbose_name_plural = _("practical pages")

    def save(self, *args, **kwargs):
        self.kind = PageKind.INFO
        super().save(*args, **kwargs)


class RatedTreatment(models.Model):
    """A treatment as it stands for one condition, in the order that guidelines give, not in that of anyone's income."""

    condition = models.ForeignKey(Condition, models.CASCADE, related_name="rated_treatments")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    treatment = models.ForeignKey(
        Treatment, models.SET_NULL, null=True, blank=True, related_name="rated_for", verbose_name=_("page to link to")
    )
    name = models.CharField(_("name"), max_length=90)
    rating = models.CharField(_("how sure we are"), max_length=16, choices=Rating)
    text = RichTextField(_("what is known"), help_text=_("Two sentences, with sources."))

    class Meta:
        verbose_name = _("rated treatment")
        verbose_name_plural = _("rated treatments")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class Movement(models.Model):
    """A movement to leave out for now: never a ban for everybody and for ever."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="movements")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("movement"), max_length=90)
    leave_out_if = models.CharField(_("leave it out for now if"), max_length=200)
    why = models.CharField(_("why"), max_length=300)
    swap_for = models.CharField(_("swap it for"), max_length=200)
    fine_again = models.CharField(_("when it is fine again"), max_length=200)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name
