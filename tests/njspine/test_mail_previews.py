"""Previews of our mails: every kind has one, made of made-up people; looking writes nothing and sends nothing."""

import datetime
import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.core import mail as outgoing
from django.utils.html import escape

from booking.states import MailKind
from clinic.outbox import KINDS, TEXT_KINDS
from njspine.previews.samples import SAMPLE_BY_SLUG, SAMPLES, Sample
from njspine.previews.showing import mail_of, show
from njspine.previews.views import policy_of
from tests import texts
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_front_desk


def test_every_mail_has_a_preview():
    assert {str(sample.kind) for sample in SAMPLES} == {str(kind) for kind in MailKind} | set(KINDS)
    assert len(SAMPLE_BY_SLUG) == len(SAMPLES)


def rows():
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}


class Outline(HTMLParser):
    """What a screen reader goes by: language, title, headings in their order, links, pictures and tables."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.headings, self.lang, self.open, self.title = set(), [], "", [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        if tag == "html":
            self.lang = dict(attrs)["lang"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data):
        if self.open and self.open[-1] == "title":
            self.title += data

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass


@pytest.mark.django_db
def test_each_can_be_read_by_everybody_and_leaves_nothing_behind(client, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic()
    client.force_login(make_front_desk())
    client.get("/admin/mails/")
    before = rows()
    for sample in SAMPLES:
        mail = mail_of(sample, now=MONDAY_NOON)
        outline = Outline(mail.html)
        assert outline.lang.startswith("en"), sample.slug
        assert outline.title == mail.subject, sample.slug
        # One heading of the first level, and none that skips one.
        assert outline.headings[:1] == [1], (sample.slug, outline.headings)
        assert outline.headings.count(1) == 1, (sample.slug, outline.headings)
        assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False)), sample.slug
        # Nothing that has a color of its own, is fetched, or lays out.
        assert outline.tags & {"table", "img", "style", "link", "script", "font"} == set(), sample.slug
        assert re.search(r"color:|background", mail.html) is None, sample.slug
        assert '<meta name="color-scheme" content="light dark">' in mail.html, sample.slug
        # What is read out on the phone stands on one line, a heading that is the subject aside.
        loose = re.sub(r'<span style="white-space: nowrap">R-SAMPLE</span>', "", mail.html.replace(mail.subject, ""))
        assert "R-SAMPLE" not in loose, sample.slug
        page = client.get(f"/admin/mails/{sample.slug}/").content.decode()
        assert 'class="mail-text"' in page, sample.slug
        framed = client.get(f"/admin/mails/{sample.slug}/html/?scheme=dark")
        assert '<meta name="color-scheme" content="dark">' in framed.content.decode()
        assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
        policy = framed.headers["Content-Security-Policy"]
        assert policy.endswith("; sandbox")
        assert re.search("unsafe-inline|script-src|img-src", policy) is None
        for path in ("", "html/"):
            assert client.post(f"/admin/mails/{sample.slug}/{path}").status_code == 405
    assert "frame-src 'self'" in client.get("/admin/mails/confirmed/").headers["Content-Security-Policy"]
    assert client.get("/admin/mails/no-such-mail/").status_code == 404
    assert client.get("/admin/mails/no-such-mail/html/").status_code == 404
    assert rows() == before
    assert outgoing.outbox == []


@pytest.mark.django_db
def test_what_is_made_for_a_preview_is_gone_when_it_cannot_be_shown(client, time_machine):
    """Negative control: the records are really made, and a mail that fails half-way takes them with it too."""
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic()
    before, made = rows(), []

    def break_down(records):
        made.append(records.visit())
        assert rows() != before
        raise RuntimeError("half-way")

    sample = Sample("broken", MailKind.CONFIRMED, "patient", "", "", break_down)
    with pytest.raises(RuntimeError):
        mail_of(sample, now=MONDAY_NOON)
    assert made
    assert rows() == before


@pytest.mark.django_db
def test_the_text_message_of_a_kind_stands_beside_its_mail(client, time_machine, settings):
    """Noon, and midnight, when a text would wait for the morning; without a provider the page says that none leaves."""
    make_clinic()
    colleague = make_front_desk()
    for switch_on, hours in ((False, 0), (True, 0), (True, 12)):
        if switch_on:
            texts.switch_on(settings)
        now = MONDAY_NOON + datetime.timedelta(hours=hours)
        time_machine.move_to(now, tick=False)
        client.force_login(colleague)
        for sample in SAMPLES:
            text = show(sample, now=now).text
            assert (text is not None) == (sample.kind in TEXT_KINDS), sample.slug
            if text:
                assert bool(text.body) == switch_on, (sample.slug, text.why_not)
                page = client.get(f"/admin/mails/{sample.slug}/").content.decode()
                said = escape(text.body.split("https://")[0]) if switch_on else "This site sends no text messages yet."
                assert said in page, sample.slug
                assert ("It counts as 2 text messages" in page) == (text.segments == 2)
    assert texts.given == []


@pytest.mark.django_db
def test_a_mail_that_would_not_be_sent_says_why(client, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    client.force_login(make_front_desk())
    assert "nobody has entered the clinic yet" in client.get("/admin/mails/new-request/").content.decode()
    make_clinic(staff_email="")
    page = client.get("/admin/mails/new-request/").content.decode()
    assert re.search("This mail would not be sent now:.*no e-mail address to use", page)
    assert client.get("/admin/mails/new-request/html/").status_code == 404


def test_only_the_styles_of_the_mail_apply():
    html = '<p style="margin: 0">one</p><p style="color: &quot;red&quot;">two</p>'
    assert policy_of(html).count("sha256-") == 2
    assert "style-src 'none'" in policy_of("<p>plain</p>")
