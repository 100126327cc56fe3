import datetime
import logging
import os
import re
import stat

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, send_mail
from django.core.mail.message import BadHeaderError
from django.template.loader import get_template

from clinic.checks import check_mail_leaves, check_mail_timeout
from clinic.mail import OutgoingMail, compose, render_mail
from clinic.mail_files import purge_files
from clinic.transport import mail_leaves
from tests.factories import make_clinic

NAME = "Pat O'Brien <b>& Sons</b> {{ 7|add:7 }}"


@pytest.fixture
def templates(tmp_path, settings):
    """Writes mail templates that extend the real layouts. Returns a function (name, subject, text, html)."""
    folder = tmp_path / "emails"
    folder.mkdir()
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]

    def write(subject="Hello", text="", html=""):
        (folder / "trial.subject.txt").write_text(subject)
        (folder / "trial.txt").write_text('{% extends "emails/_layout.txt" %}' + text)
        (folder / "trial.html").write_text('{% extends "emails/_layout.html" %}' + html)

    return write


@pytest.fixture
def clinic(db):
    return make_clinic(name="Spine & Back", emergency_number="112")


class TestRendering:
    def test_text_says_it_plainly_and_html_is_escaped(self, templates, clinic):
        body = "{% block body %}Dear {{ name }}{% endblock %}"
        templates("Hello {{ name }}", body, body)

        subject, text, html = render_mail("trial", {"name": NAME})

        assert subject == f"Hello {NAME}"
        assert f"Dear {NAME}\n" in text
        assert "Spine & Back" in text
        assert "Dear Pat O&#x27;Brien &lt;b&gt;&amp; Sons&lt;/b&gt; {{ 7|add:7 }}" in html
        assert "<b>" not in html

    def test_a_subject_is_one_line_whatever_stands_in_it(self, templates, clinic):
        templates("\n  Hello\n {{ name }}\n\n")

        subject, _, _ = render_mail("trial", {"name": "Pat\r\nBcc: all@home.example\u2028x"})

        assert subject == "Hello Pat Bcc: all@home.example x"

    def test_every_mail_says_what_to_do_when_it_gets_worse(self, templates, clinic, settings):
        templates()
        sentence = (
            "If anything suddenly gets worse, do not wait for us: call 112 or see https://clinic.example/get-help-now/"
        )

        _, text, html = render_mail("trial", {})

        assert sentence in text
        assert sentence in re.sub(r"<[^>]+>", "", html)
        assert 'href="tel:112"' in html

    def test_a_mail_to_staff_leaves_it_out(self, templates, clinic):
        templates("Hello", "{% block safety %}{% endblock %}", "{% block safety %}{% endblock %}")

        _, text, html = render_mail("trial", {})

        assert "suddenly" not in text + html
        assert "\n\n\n" not in text

    def test_the_layout_fetches_nothing_and_names_its_language(self, templates, clinic):
        templates()

        _, text, html = render_mail("trial", {})

        assert text.splitlines()[0] == "Hello,"
        assert '<html lang="en-us" dir="ltr">' in html
        assert "<title>Hello</title>" in html
        assert '<meta name="color-scheme" content="light dark">' in html
        assert not re.search(r"<(img|link|script|iframe|style)|url\(|src=|@import", html)
        assert not re.search(r"#[0-9a-f]{3,6}\b|color:", html)


class TestComposing:
    def test_a_line_break_in_a_header_is_refused(self):
        mail = OutgoingMail(to="pat@home.example", subject="Hello\nBcc: all@home.example", text="")

        with pytest.raises(BadHeaderError):
            compose(mail, message_id="<1@clinic.example>")

    @pytest.mark.parametrize(
        "address", ["", "pat", "pat@home.example, sam@home.example", "pat@home.example\r\nBcc: x@y.z"]
    )
    def test_an_address_that_is_none_is_refused(self, address):
        with pytest.raises(ValidationError):
            compose(OutgoingMail(to=address, subject="Hello", text=""), message_id="<1@clinic.example>")


class TestMailThatStaysHere:
    @pytest.fixture
    def folder(self, settings, tmp_path):
        settings.EMAIL_BACKEND = "clinic.mail_files.EmailBackend"
        settings.MAIL_DIR = tmp_path / "var" / "mail"
        return settings.MAIL_DIR

    def test_each_mail_is_a_file_that_only_its_owner_reads(self, folder):
        EmailMessage(
            "We got it", "Hello Pat", to=["pat@home.example"], headers={"Message-ID": "<4711@clinic.example>"}
        ).send()

        [path] = folder.iterdir()
        assert path.name == "4711.eml"
        assert "Hello Pat" in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_a_message_id_cannot_name_another_folder(self, folder):
        EmailMessage("x", "x", to=["pat@home.example"], headers={"Message-ID": "<../../etc/passwd@x>"}).send()

        assert [path.name for path in folder.iterdir()] == ["etcpasswd.eml"]

    def test_the_log_tells_which_mail_but_not_to_whom_or_what(self, folder, caplog, capfd):
        caplog.set_level(logging.DEBUG)
        send_mail("We got your request", "canary text", None, ["canary@home.example"])

        [record] = caplog.records
        assert "We got your request" in record.getMessage()
        assert "canary" not in record.getMessage() + "".join(capfd.readouterr())

    def test_files_go_after_a_week(self, folder):
        now = datetime.datetime(2026, 11, 23, 17, tzinfo=datetime.UTC)
        folder.mkdir(parents=True)
        for name, days in (("old", 8), ("new", 6)):
            (folder / f"{name}.eml").touch()
            written = (now - datetime.timedelta(days=days)).timestamp()
            os.utime(folder / f"{name}.eml", (written, written))

        assert purge_files(now=now) == 1
        assert [path.name for path in folder.iterdir()] == ["new.eml"]

    def test_no_folder_is_no_error(self, folder):
        assert purge_files(now=datetime.datetime.now(datetime.UTC)) == 0


class TestChecks:
    @pytest.mark.parametrize(
        ("backend", "leaves"),
        [
            ("clinic.mail_files.EmailBackend", False),
            ("django.core.mail.backends.console.EmailBackend", False),
            ("django.core.mail.backends.locmem.EmailBackend", False),
            ("django.core.mail.backends.dummy.EmailBackend", False),
            ("django.core.mail.backends.filebased.EmailBackend", False),
            ("django.core.mail.backends.smtp.EmailBackend", True),
        ],
    )
    def test_mail_that_goes_nowhere_is_told(self, settings, backend, leaves):
        settings.EMAIL_BACKEND = backend

        assert mail_leaves() is leaves
        assert [message.id for message in check_mail_leaves(None)] == ([] if leaves else ["clinic.W001"])

    @pytest.mark.parametrize(
        ("timeout", "ids"), [(20, []), (None, ["clinic.E001"]), (0, ["clinic.E001"]), (600, ["clinic.E001"])]
    )
    def test_a_timeout_is_needed(self, settings, timeout, ids):
        settings.EMAIL_TIMEOUT = timeout

        assert [message.id for message in check_mail_timeout(None)] == ids


def test_the_layouts_are_found():
    assert get_template("emails/_layout.txt")
    assert get_template("emails/_layout.html")
