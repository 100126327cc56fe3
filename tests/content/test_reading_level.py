"""The reading grade: syllables, sentences, and the report that editors read."""

import io

import pytest
from django.core.management import call_command

from content.reading_level import reading_level, syllables
from tests.content.factories import make_condition

COUNTED_BY_EAR = """
    pain:1 back:1 sciatica:4 nerve:1 buttock:2 lower:2 exercise:3 people:2 usually:4 treatment:2 therapist:3
    physical:3 surgery:3 injection:3 medicine:3 weeks:1 little:2 muscle:2 muscles:2 herniated:4 stenosis:3
    operation:4 evidence:3 studies:2 study:2 area:3 idea:3 patient:2 special:2 social:2 being:2 going:2 doing:2
    trying:2 walked:1 rested:2 needed:2 changes:2 causes:2 uses:2 moves:1 bones:1 discs:1 spine:1 spinal:2
    canal:2 narrow:2 usual:3 actual:3 gradual:3 radiate:3 variation:4 question:2 region:2 serious:3 various:3
    obvious:3 previous:3 because:2 before:2 sometimes:2 therefore:2 every:2 different:3 general:3 several:3
    science:2 quiet:2 fluid:2 suit:1 fruit:1 build:1 guide:1 guideline:2 ruin:2 create:2 area:3 real:1 really:2
    ideal:3 heart:1 great:1 heat:1 easy:2 easily:3 body:2 bodies:2 healthy:2 harmful:2 opinion:3 million:2
    union:2 movement:2 careful:2 nineteen:2 something:2 someone:2 sleeve:1 circle:2 ankle:2 able:2 table:2
    cycle:2 needle:2 apple:2 while:1 whole:1 rule:1 rules:1 pulled:1 called:1 helped:1 lasted:2 waited:2 added:2
    noticed:2 raised:1 used:1 squeezed:1 damaged:2 injuries:3 society:4 diet:2 dietary:4 period:3 radio:3
    video:3 radius:3 medium:3 gymnasium:4 bacteria:4 anterior:4 superior:4 period:3 experience:4 audience:3
    patience:2 efficient:3 ancient:2 recipient:4 nutrient:3 appointment:3 insurance:3 request:2 cauda:2 equina:3
    fusion:2 decision:3 pressure:2 measure:2 emergency:4 symptoms:2 numbness:2 tingling:2 weakness:2 bladder:2
    bowel:2
"""


@pytest.mark.parametrize("pair", COUNTED_BY_EAR.split())
def test_syllables(pair):
    word, count = pair.split(":")
    assert syllables(word) == int(count)
    assert syllables(word.title()) == int(count)


@pytest.mark.parametrize(("word", "count"), [("911", 1), ("don’t", 1), ("low-back", 2), ("hmm", 1)])
def test_what_is_no_plain_word(word, count):
    assert syllables(word) == count


def test_grade_of_a_sentence_worked_out_by_hand():
    level = reading_level(["The nerve in your lower back is sore."])
    # 8 words, 1 sentence, 9 syllables
    assert (level.words, level.sentences, level.longest) == (8, 1, 8)
    assert level.grade == round(0.39 * 8 + 11.8 * 9 / 8 - 15.59, 1)


def test_list_items_paragraphs_and_texts_end_a_sentence_and_citations_are_not_read():
    level = reading_level(["<p>One two [4].</p><ul><li>three</li><li>four five</li></ul>", "six"])
    assert (level.words, level.sentences, level.longest) == (6, 4, 2)


@pytest.mark.parametrize("texts", [[], [""], ["<p> </p>", "\u200b", "[4]", "—"]])
def test_nothing_to_read_has_no_grade(texts):
    assert reading_level(texts).grade is None


@pytest.mark.django_db
def test_the_report_names_each_live_page_and_says_which_miss_the_aim():
    make_condition(published=True, slug="easy", summary="You can walk. It will ease.")
    make_condition(slug="draft-only")
    out = io.StringIO()
    call_command("reading_report", stdout=out)
    lines = [line for line in out.getvalue().splitlines() if "/conditions/" in line]
    assert len(lines) == 1
    assert "/conditions/easy/" in lines[0]
    assert "aim: 6 to 8" in lines[0]
