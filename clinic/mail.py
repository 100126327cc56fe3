"""What a message looks like: rendered from templates/emails/, then made into a mail with safe headers."""

import datetime
import re
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html

from clinic.models import Clinic

# Template tags leave whole paragraphs of nothing behind.
EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class OutgoingMail:
    """A message ready to go: one address, text, and the same in HTML.

    `attachments` are (file name, text, MIME type), the type with its parameters: "text/calendar; method=REQUEST".
    """

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple = ()


@dataclass(frozen=True)
class Skip:
    """The message is not needed any more. `reason` is a short code without personal data."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """The message may not go before the instant `until`. `reason`: one of clinic.states.PATIENT_REASONS."""

    until: datetime.datetime
    reason: str


def render_mail(name, context):
    """(subject, text, html) from `templates/emails/<name>.subject.txt`, `.txt` and `.html`.

    Values are escaped in the HTML alone. Whatever stands in the subject becomes one line. The layouts also get `clinic`
    (the Clinic row), `site_url`, `help_url` (absolute, "Get help now"), and in the HTML `subject`. There a `reference`
    does not break at its hyphen.
    """
    context = {
        "clinic": Clinic.objects.get(),
        "site_url": settings.SITE_URL,
        "help_url": settings.SITE_URL + reverse("content:get_help_now"),
    } | context
    subject = " ".join(_render(f"{name}.subject.txt", context, autoescape=False).split())
    text = EMPTY_LINES.sub("\n\n", _render(f"{name}.txt", context, autoescape=False)).strip() + "\n"
    in_html = {"subject": subject}
    if "reference" in context:
        in_html["reference"] = format_html('<span style="white-space: nowrap">{}</span>', context["reference"])
    return subject, text, _render(f"{name}.html", context | in_html, autoescape=True)


def compose(mail, *, message_id):
    """The mail with its fixed Message-ID. Raises ValidationError or ValueError for a bad address or header."""
    validate_email(mail.to)
    email = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to],
        # RFC 3834: an automatic answer, like "I am on holiday", must not be sent back to this.
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        email.attach_alternative(mail.html, "text/html")
    for file_name, text, mimetype in mail.attachments:
        email.attach(file_name, text, mimetype)
    email.message()
    return email


def _render(name, context, *, autoescape):
    # The backend's own render() knows one autoescape for all templates; a text mail must say O'Brien, not O&#x27;Brien.
    return get_template(f"emails/{name}").template.render(Context(context, autoescape=autoescape))
