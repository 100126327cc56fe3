import pytest
from django.core.exceptions import ValidationError

from clinic.languages import language_names, validate_languages
from clinic.validators import validate_alt, validate_line, validate_text

HOSTILE = {
    "unprintable": ["a\x00b", "a\x07b", "\x1b[31mred", "half \ud800 character", "a\x85b"],
    "direction": ["gpj.\u202eexe", "\u2066a\u2069", "\u202dx"],
    "unseen": ["\u200b\u200d", "\u3164", "\xa0", "\u2800\ufeff", "\u0301"],
}
ACCEPTED = [
    "O'Brien",
    "X Æ A-12",
    "山田太郎",
    "محمد",
    "Nguyễn Thị",
    "van der Berg, Jr.",
    "<b>&lt;",
    "{{ 7*7 }}",
    "👩‍⚕️",
    "Null",
]


@pytest.mark.parametrize("validate", [validate_line, validate_text, validate_alt])
@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in HOSTILE.items() for text in texts])
def test_what_cannot_be_shown_is_refused(validate, code, text):
    with pytest.raises(ValidationError) as refused:
        validate(text)
    assert refused.value.code == code


@pytest.mark.parametrize("validate", [validate_line, validate_text, validate_alt])
@pytest.mark.parametrize("text", ACCEPTED)
def test_people_and_words_of_every_kind_are_accepted(validate, text):
    validate(text)


def test_only_paragraphs_may_break_lines():
    validate_text("One.\r\n\r\nTwo.\tThree.")
    with pytest.raises(ValidationError):
        validate_line("One.\nTwo.")


@pytest.mark.parametrize(
    "alt",
    [
        *("portrait.jpg", "Jordan-Example.PNG", "IMG_1234", "DSC00017", "image (1)", "Screenshot 2026-11-23", "x.heic"),
        *("my best photo.jpeg", "screenshot-2026-11-23 at 10.15.30", "image", "Photo", "picture", "1234", "P1000234"),
        *("20261123_101530", "WhatsApp Image 2026-11-23 at 10.15.30", "5bf8a98b8d147ad9c842", "photo-final", "scan 7"),
    ],
)
def test_the_name_of_a_file_is_no_description(alt):
    with pytest.raises(ValidationError) as refused:
        validate_alt(alt)
    assert refused.value.code == "file_name"


@pytest.mark.parametrize(
    "alt",
    [
        *("Jordan Example at a desk", "Photo of the front door", "Image of a spine, side view", "L5", "T12", "L4-L5"),
        *("X-ray", "A decade", "Photographer at work", "Image guidance in a room", "COVID-19 test", "S1"),
    ],
)
def test_a_description_is_no_name_of_a_file(alt):
    validate_alt(alt)


@pytest.mark.parametrize("tags", [["xx"], ["en", "en"], "en", {"en": 1}, [["en"]], None])
def test_languages_are_known_tags_each_once(tags):
    with pytest.raises(ValidationError):
        validate_languages(tags)


def test_language_names_stand_in_one_order():
    validate_languages(["es", "en"])
    assert [str(name) for name in language_names(["es", "en"])] == ["English", "Spanish"]
