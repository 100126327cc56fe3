"""Words, questions, spelling, ranking and quotes over plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.search.lexicon import lexicon
from content.search.question import question
from content.search.quotes import marked, quote
from content.search.ranking import rarities, scores
from content.search.spelling import Vocabulary, corrected
from content.search.text import MOST_CHARACTERS, clean, cut, stem_set, words

VOCABULARY = Vocabulary(
    stems={
        "sciatica": "sciatica",
        "back": "back",
        "pain": "pain",
        "stenosis": "stenosi",
        "heat": "heat",
        "neck": "neck",
    },
    counts={"sciatica": 5, "back": 30, "pain": 30, "stenosi": 3, "heat": 4, "neck": 6},
    total=40,
)


def asked(text):
    return question(words(text), lexicon())


class TestText:
    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ("  slipped \n disc\t", "slipped disc"),
            ("a\u202eb\u200bc\x00d", "abc d"),
            ("Q" + "\u0301" * 50, "Q" + "\u0301" * 2),
            ("ﬂare", "flare"),
            ("\u3164\u2800", ""),
            ("\ud800x", "x"),
        ],
    )
    def test_clean(self, typed, shown):
        assert clean(typed) == shown

    @given(st.text(st.characters(codec=None), max_size=400))
    def test_clean_is_one_visible_line_for_any_text(self, text):
        shown, _was_cut = cut(text)
        assert len(shown) <= MOST_CHARACTERS
        assert shown == " ".join(shown.split())
        assert shown.isprintable()
        shown.encode()
        words(shown)

    def test_apostrophes_accents_and_possessives(self):
        assert [word.text for word in words("Can't, doctor’s ESPAÑOL x-ray")] == [
            "cant",
            "doctor",
            "espanol",
            "x",
            "ray",
        ]

    def test_stems(self):
        assert stem_set("Numbness exercises") == {"numb", "exercis"}


class TestQuestion:
    def test_small_words_ask_for_nothing(self):
        assert [concept.typed for concept in asked("what can I do about the heat").concepts] == ["heat"]

    def test_a_phrase_is_one_concept_in_any_order(self):
        for text in ("slipped disc", "disc slipped", "I slipped a disc"):
            concepts = asked(text).concepts
            assert len(concepts) == 1
            assert ("disc", "herniat") in dict(concepts[0].alternatives)

    def test_a_word_inside_a_phrase_does_not_break_it(self):
        concepts = asked("ready for back surgery").concepts
        assert [concept.typed for concept in concepts] == ["ready for surgery", "back"]

    def test_meanings_lead_one_way(self):
        assert ("sciatica",) in dict(asked("numb toe").concepts[0].alternatives)
        assert all(("numb", "toe") not in dict(concept.alternatives) for concept in asked("sciatica").concepts)

    def test_a_question_asks_for_a_part(self):
        assert "expect" in asked("how long does it last").parts
        assert "risks" in asked("is it safe").parts
        assert not asked("sciatica").parts

    @given(st.text(max_size=200))
    def test_any_text_is_a_question(self, text):
        found = asked(text)
        assert len(found.concepts) <= 20


class TestSpelling:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("siatica", "sciatica"),
            ("sciatcia", "sciatica"),
            ("stenosys", "stenosis"),
            ("backpain", "back pain"),
            ("sciat", "sciatica"),
            ("nek", "neck"),
            ("bak", "back"),
            ("elbow", None),
            ("xy", None),
            ("heet", "heat"),
            ("123456", None),
            ("zzzqqq", None),
        ],
    )
    def test_corrected(self, typed, meant):
        assert corrected(typed, VOCABULARY, {}) == meant

    def test_words_that_people_say_are_right_as_they_are(self):
        assert "scoliosis" in lexicon().vocabulary
        assert "sneezing" in lexicon().vocabulary


class TestRanking:
    def test_rare_words_and_whole_answers_win(self):
        postings = {
            "back": dict.fromkeys(range(10), 0.5),
            "pain": dict.fromkeys(range(10), 0.5),
            "heat": {3: 0.3},
        }
        best = scores(asked("heat back"), postings, 20)
        assert best[0].document == 3
        assert best[0].value > 2 * best[1].value

    def test_what_nobody_has_costs_nothing(self):
        alone = scores(asked("heat"), {"heat": {1: 0.4}}, 10)
        beside = scores(asked("heat zzzqqq"), {"heat": {1: 0.4}}, 10)
        assert alone == beside
        assert rarities(asked("zzzqqq"), {}, 10) == [0.0]

    def test_a_synonym_is_worth_less_than_the_word(self):
        best = scores(asked("jab"), {"jab": {1: 0.5}, "inject": {2: 0.5}}, 10)
        assert [score.document for score in best] == [1, 2]


class TestQuotes:
    passages = [
        {"id": "", "key": "", "heading": "", "lines": ["Sciatica is pain in a leg."]},
        {"id": "expect", "key": "expect", "heading": "What to expect", "lines": ["It takes weeks.", "Heat may help."]},
        {"id": "risks", "key": "risks", "heading": "Risks", "lines": ["Heat can burn."]},
    ]

    def found(self, text, title="sciatica"):
        concepts = asked(text)
        return quote(self.passages, concepts, rarity=[1.0] * len(concepts.concepts), title_stems={title})

    def text(self, found):
        return "".join(piece.text for piece in found.pieces)

    def test_the_title_s_word_is_answered_by_the_opening_lines(self):
        assert self.text(self.found("sciatica")) == "Sciatica is pain in a leg."
        assert self.found("sciatica").section_id == ""

    def test_the_section_that_was_asked_for(self):
        assert self.found("how long does sciatica last").section_id == "expect"
        assert self.text(self.found("sciatica heat safe")) == "Heat can burn."

    def test_a_word_beyond_the_title_leads_to_its_section(self):
        assert self.found("sciatica burns").section_id == "risks"

    def test_found_words_are_pieces_and_the_text_is_whole(self):
        pieces = marked("Heat & <b>heating</b> lamps", asked("heat"))
        assert "".join(piece.text for piece in pieces) == "Heat & <b>heating</b> lamps"
        assert [piece.text for piece in pieces if piece.is_found] == ["Heat", "heating"]

    def test_a_long_sentence_is_cut_around_the_find(self):
        pieces = marked("word " * 200 + "heat " + "word " * 200, asked("heat"))
        text = "".join(piece.text for piece in pieces)
        assert "heat" in text
        assert len(text) < 240
        assert text.startswith("…")
        assert text.endswith("…")

    @given(st.text(max_size=600), st.text(max_size=60))
    def test_any_text_is_marked_without_a_loss(self, text, typed):
        pieces = marked(text, asked(typed))
        assert "".join(piece.text for piece in pieces if piece.text not in ("… ", " …")) in text + "… …"
