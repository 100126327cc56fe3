"""Times and people in the words of the desk. The admin shows the clinic's zone (njspine.admin_site)."""

import datetime

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from clinic.hours_text import time_text

register = template.Library()


@register.filter
def clock(instant):
    """“1:05 pm”."""
    return time_text(timezone.localtime(instant).time()) if instant else ""


@register.filter
def reading(time):
    """“1:05 pm”, of a reading of the clock on the wall."""
    return time_text(time)


@register.filter
def day(value):
    """“Tue, Nov 24”, of a date or an instant."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return format_date(value, "D, M j") if value else ""


@register.filter
def moment(instant):
    """“Tue, Nov 24, 9:10 am”."""
    return _("%(day)s, %(time)s") % {"day": day(instant), "time": clock(instant)} if instant else ""


@register.filter
def person(user):
    """How colleagues call them; the name they sign in with when they gave no other."""
    return user.get_short_name() or user.get_username() if user else ""
