"""Opening hours of one location, for templates that have `site` and a location at hand. No tag makes a query."""

from django import template

from clinic import places

register = template.Library()


@register.simple_tag
def day_rows(site, location):
    return places.day_rows(site.opening, location.pk, today=site.today)


@register.simple_tag
def closure_lines(site, location):
    return places.closure_lines(site.opening, location.pk, today=site.today)


@register.simple_tag
def open_text(site, location):
    """Whether this location is open, which another open location does not answer."""
    return site.opening.state_at(site.now, location.pk).text


@register.simple_tag
def has_hours(site, location):
    return site.opening.has_hours(location.pk)
