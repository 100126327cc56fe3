"""What people type stays what they typed, without what nothing can store or show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.typed_text import clean_line, clean_lines, has_link

ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Mn"]),
        st.sampled_from("\u3164\u2800\u200b\u202e\ufeff\u00a0\u200d\ufe0f😀\n\r\t\0"),
    )
)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\r\n", "\u00a0", "\u200b", "\u3164", "\u2800\u115f", "\0\x1b", "\u202e\u2066\ufeff"]
)
def test_what_nobody_sees_is_empty(text):
    assert clean_line(text) == ""
    assert clean_lines(text) == ""


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien", "Null", "None", "undefined", "NaN", "True", "X Æ A-12", "J", "山田太郎", "محمد", "van der Berg",
        "Sammy Davis, Jr., MD", "Jean-Luc", "<script>alert(1)</script>", "{{7*7}}", "' OR 1=1--", "%s %n {0}", "=1+1",
        "👩‍👩‍👧", "❤️", "e\u0301", "a\u202eb", "Z" + "\u0301" * 60,
    ],
)  # fmt: skip
def test_names_stay_as_they_are(name):
    assert clean_line(f"  {name} ") == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\0b", "a b"),
        ("a\x1b[31mb", "a [31mb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\nb", "a b"),
        ("\u200b a \u3164", "a"),
        ("a   b\u00a0c", "a b c"),
    ],
)
def test_a_line(typed, kept):
    assert clean_line(typed) == kept


def test_lines_keep_their_breaks():
    assert clean_lines("\r\n a\r\nb\rc\n\n\td \n") == "a\nb\nc\n\n d"


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text):
    for clean in (clean_line, clean_lines):
        once = clean(text)
        assert clean(once) == once


@given(ANY_TEXT)
def test_what_is_kept_can_be_stored_and_sent(text):
    for clean in (clean_line, clean_lines):
        kept = clean(text)
        kept.encode("utf-8")
        assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://spam.example", True),
        ("HTTP://X.example", True),
        ("www.spam.example", True),
        ("buy at cheap-pills.com now", True),
        ("write to pat@example.com", False),
        ("after 3.30 p.m.", False),
        ("Dr.Smith sent me", False),
        ("", False),
    ],
)
def test_links(text, found):
    assert has_link(text) == found
