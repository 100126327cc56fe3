"""Fields that take what people really type: shared list of hostile inputs, section A."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from booking.forms.fields import LineField, MailboxField, PhoneField, TextField, number_of


@pytest.mark.parametrize(
    ("typed", "e164", "extension"),
    [
        ("201-555-0123", "+12015550123", None),
        ("(201) 555 0123", "+12015550123", None),
        ("201.555.0123", "+12015550123", None),
        ("2015550123", "+12015550123", None),
        ("+1 201 555 0123", "+12015550123", None),
        ("1-201-555-0123", "+12015550123", None),
        (" tel: 201 555 0123 ", "+12015550123", None),
        ("201-555-0123 x999", "+12015550123", "999"),
        ("201-555-0123 ext. 12", "+12015550123", "12"),
        ("+1 (201) 555-0123;ext=7", "+12015550123", "7"),
        ("٢٠١٥٥٥٠١٢٣", "+12015550123", None),
        ("2 0 1 5 5 5 0 1 2 3", "+12015550123", None),
        ("201\u2011555\u20110123", "+12015550123", None),
        ("1-800-FLOWERS", "+18003569377", None),
        ("+44 20 7946 0018", "+442079460018", None),
        ("011 44 20 7946 0018", "+442079460018", None),
    ],
)
def test_a_phone_number_in_any_way_of_writing_it(typed, e164, extension):
    kept = PhoneField().clean(typed)
    number = number_of(kept)
    assert (number.as_e164, number.extension) == (e164, extension)
    assert PhoneField().clean(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "911",
        "555-0100",
        "201 555 017",
        "9" * 40,
        "call me",
        "+1 900 555 0123",
        "0",
        "-1",
        "=1+1",
        "pat@example.com",
        "<b>",
    ],
)
def test_what_nobody_can_call(typed):
    with pytest.raises(ValidationError) as error:
        PhoneField().clean(typed)
    assert error.value.messages == ["Enter a phone number with 10 digits, like 201-555-0123"]


@pytest.mark.parametrize("field", [PhoneField, MailboxField])
@pytest.mark.parametrize("length", [300, 100_000])
def test_far_too_long(field, length):
    with pytest.raises(ValidationError) as error:
        field().clean("2" * length)
    assert "characters or fewer" in error.value.messages[0]


@pytest.mark.parametrize(
    "typed",
    [
        "pat@example.com",
        "PAT.O'BRIEN+tag@sub.example.co.uk",
        " pat@example.com\u200b",
        "\ufeffpat@example.com ",
        "pat@xn--e1afmkfd.com",
        "pat@пример.com",
        "a" * 64 + "@example.com",
    ],
)
def test_an_e_mail_address(typed):
    kept = MailboxField().clean(typed)
    assert "@" in kept
    assert kept == kept.strip("\u200b\ufeff ")
    assert MailboxField().clean(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "pat", "pat@", "@example.com", "a@b", "pat@example", "pat@@example.com", "pat@example.com.", "pat@example..com",
        "a@x.com,b@y.com", "a@x.com b@y.com", '"a b"@example.com', '"ab"@example.com', "Pat <pat@example.com>",
        "user@[127.0.0.1]", "pat@-example.com", "пример@example.com", "pat@example.com\r\nBcc: x@example.com",
        "a" * 65 + "@example" + ".example" * 30 + ".com",
    ],
)  # fmt: skip
def test_what_no_mail_reaches(typed):
    with pytest.raises(ValidationError):
        MailboxField().clean(typed)


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\u3164", "\u00a0", "\0", "\t\n"])
@pytest.mark.parametrize("field", [LineField(max_length=9), TextField(max_length=9), PhoneField(), MailboxField()])
def test_what_nobody_sees_is_missing(field, typed):
    with pytest.raises(ValidationError) as error:
        field.clean(typed)
    assert error.value.code == "required"


@pytest.mark.parametrize(("length", "fits"), [(1, True), (120, True), (121, False), (100_000, False)])
def test_length_is_counted_after_cleaning(length, fits):
    typed = "  " + "x" * length + "\r\n"
    if fits:
        assert LineField(max_length=120).clean(typed) == "x" * length
    else:
        with pytest.raises(ValidationError) as error:
            LineField(max_length=120).clean(typed)
        assert error.value.messages == [f"Use 120 characters or fewer. You used {length}."]


def test_the_browser_cuts_nothing():
    class Form(forms.Form):
        line = LineField(max_length=5)
        text = TextField(max_length=5)
        phone = PhoneField()
        email = MailboxField()

    assert "maxlength" not in str(Form())
