"""Two versions in words: what an editor or a clinician reads before deciding."""

import copy
import random
import time

import pytest

from content.editing.comparing import Names, compare, unchanged, words_of
from content.editing.word_changes import ADDED, FOLDED, REMOVED, SAME, word_runs

PICTURE = {"digest": "a" * 64, "alt": "A spine", "is_decorative": False, "credit": "Jo"}


def section(key="symptoms", **fields):
    empty = dict.fromkeys(("heading", "body", "unlikely_if", "do", "dont", "number_text", "number_note"), "")
    return {"key": key, **empty, "number": None, "drawing": "", "caption": "", "image": None} | fields


def page(**fields):
    empty = dict.fromkeys(("title", "slug", "medical_name", "tagline", "summary", "search_description"), "")
    lists = {name: [] for name in ("flags", "related", "sections", "sources", "rated_treatments", "movements", "terms")}
    people = dict.fromkeys(("author", "reviewer", "last_reviewed", "next_review"))
    return {
        **{"kind": "condition", "language": "en", "search_words": "", "order": 0, "no_emergency_card": False},
        **{"own": {"region": "leg"}},
        **empty,
        **lists,
        **people,
    } | fields


def runs(old, new):
    return [(run.kind, run.text) for run in word_runs(old, new)]


def only(old, new, names=None):
    (change,) = compare(page(**old), page(**new), names or Names())
    return change


class TestWords:
    def test_a_changed_word_among_others(self):
        assert runs("Pain goes down the leg.", "Pain runs down the leg.") == [
            (SAME, "Pain"),
            (REMOVED, " goes"),
            (ADDED, " runs"),
            (SAME, " down the leg."),
        ]

    def test_one_word_between_two_changes_belongs_to_both(self):
        assert runs("a long and red x y", "a short and blue x y") == [
            (SAME, "a"),
            (REMOVED, " long and red"),
            (ADDED, " short and blue"),
            (SAME, " x y"),
        ]

    def test_what_is_far_from_a_change_is_counted(self):
        words = " ".join(f"w{number}" for number in range(100))
        shown = word_runs(f"{words} old", f"{words} new")
        assert [run.kind for run in shown] == [FOLDED, SAME, REMOVED, ADDED]
        assert shown[0].count == 88

    @pytest.mark.parametrize("vocabulary", [2, 50, 5000])
    @pytest.mark.parametrize("lines", [1, 200])
    def test_any_two_long_texts_give_back_both_and_quickly(self, vocabulary, lines):
        pick = random.Random(1)
        old, new = (
            "\n".join(" ".join(f"w{pick.randrange(vocabulary)}" for _ in range(8000 // lines)) for _ in range(lines))
            for _ in range(2)
        )
        start = time.process_time()
        shown = word_runs(old, new)
        assert time.process_time() - start < 2
        assert "".join(run.text for run in shown if run.kind != ADDED) == old
        assert "".join(run.text for run in shown if run.kind != REMOVED) == new

    @pytest.mark.parametrize("seed", range(40))
    def test_short_ones_give_back_both(self, seed):
        pick = random.Random(seed)
        old, new = (" ".join(pick.choice("abcd") for _ in range(pick.randrange(12))) for _ in range(2))
        shown = word_runs(old, new)
        assert "".join(run.text for run in shown if run.kind != ADDED) == old
        assert "".join(run.text for run in shown if run.kind != REMOVED) == new


def test_rich_text_as_words():
    html = '<h3>A</h3><ul><li><p>one</p></li><li>two</li></ul><p>See <a href="/costs/">costs</a> &amp; <b>b</b></p>'
    assert words_of(html) == "A\n• one\n• two\nSee costs (/costs/) & b"


class TestPages:
    def test_the_same_page_has_no_changes(self):
        same = page(title="Neck pain", sections=[section(body="<p>Text</p>")])
        assert compare(same, copy.deepcopy(same)) == ()
        assert "Title" in unchanged(same, same)

    def test_nothing_at_all_against_a_page(self):
        new = page(title="Neck pain", sections=[section(body="<p>Text</p>")])
        assert {change.kind for change in compare({}, new)} == {ADDED}
        assert {change.kind for change in compare(new, {})} == {REMOVED}

    def test_a_choice_and_a_tick_in_words(self):
        change = only({"own": {"region": "leg"}}, {"own": {"region": "neck"}})
        (field,) = change.fields
        assert (change.kind, change.heading) == ("changed", "Where it hurts")
        assert [run.text for run in field.before] == ["Down the leg"]
        assert [run.text for run in field.after] == ["Neck"]
        change = only({"no_emergency_card": False}, {"no_emergency_card": True})
        assert [run.text for run in change.fields[0].runs] == ["no", "yes"]

    def test_signs_by_their_words(self):
        names = Names(flags={"bladder": "trouble peeing", "fever": "a fever"})
        change = only({"flags": ["bladder", "fever"]}, {"flags": ["fever", "gone"]}, names)
        assert [(run.kind, run.text, run.count) for run in change.fields[0].runs] == [
            (REMOVED, "trouble peeing", 0),
            (ADDED, "gone", 0),
            (FOLDED, "", 1),
        ]

    def test_only_the_look_changed(self):
        old, new = section(body="<p>Keep moving</p>"), section(body="<p>Keep <strong>moving</strong></p>")
        change = only({"sections": [old]}, {"sections": [new]})
        assert change.fields[0].is_format

    def test_a_changed_link_is_a_change_of_words(self):
        old, new = (section(body=f'<p><a href="/{name}/">here</a></p>') for name in ("a", "b"))
        change = only({"sections": [old]}, {"sections": [new]})
        assert not change.fields[0].is_format
        assert any("/b/" in run.text for run in change.fields[0].runs)

    def test_a_named_part_keeps_its_place_under_another_heading(self):
        old, new = section("anatomy", heading="Old"), section("anatomy", heading="New")
        assert only({"sections": [old]}, {"sections": [new]}).kind == "changed"

    def test_free_parts_are_known_by_heading_then_by_their_words(self):
        words = "walking is safe for nearly everybody with back pain"
        old = [
            section("topic", heading="Walking", body=f"<p>{words}</p>"),
            section("topic", heading="Bring", body="<p>x</p>"),
        ]
        new = [
            section("topic", heading="Bring", body="<p>x</p>"),
            section("topic", heading="Can I walk?", body=f"<p>{words} now</p>"),
        ]
        changes = compare(page(kind="info", sections=old), page(kind="info", sections=new))
        assert [(change.kind, change.heading) for change in changes] == [
            ("changed", "Can I walk?"),
            ("moved", "Order of the parts"),
        ]

    def test_what_has_nothing_in_common_is_another_part(self):
        old = section("topic", heading="Costs", body="<p>money and plans</p>")
        new = section("topic", heading="Parking", body="<p>cars behind the house</p>")
        changes = compare(page(sections=[old]), page(sections=[new]))
        assert sorted((change.kind, change.heading) for change in changes) == [
            ("added", "Parking"),
            ("removed", "Costs"),
        ]

    def test_a_picture(self):
        change = only(
            {"sections": [section(image=PICTURE)]}, {"sections": [section(image=PICTURE | {"alt": "A neck"})]}
        )
        assert [field.label for field in change.fields] == ["Picture"]
        change = only({"sections": [section()]}, {"sections": [section(image=PICTURE)]})
        assert {field.label for field in change.fields} == {"Picture", "Credit of the picture", "Picture file"}

    @pytest.mark.parametrize(
        ("name", "row", "changed"),
        [
            ("sources", {"number": 1, "citation": "A", "year": "2019", "url": ""}, {"year": "2020"}),
            (
                "rated_treatments",
                {"treatment_id": 5, "name": "Heat", "rating": "unclear", "text": ""},
                {"text": "<p>x</p>"},
            ),
            ("terms", {"name": "disc", "also": "", "meaning": "a cushion"}, {"meaning": "a soft cushion"}),
            (
                "movements",
                {
                    "name": "Sit-up",
                    "drawing": "sit_up",
                    "leave_out_if": "",
                    "why": "",
                    "swap_for": "",
                    "fine_again": "",
                },
                {"drawing": "bridge"},
            ),
        ],
    )
    def test_rows_of_lists(self, name, row, changed):
        change = only({name: [row]}, {name: [row | changed]})
        assert (change.kind, len(change.fields)) == ("changed", 1)
        assert only({name: []}, {name: [row]}).kind == "added"
        assert only({name: [row]}, {name: []}).kind == "removed"

    def test_another_page_to_link_to_by_its_title(self):
        row = {"treatment_id": 5, "name": "Heat", "rating": "unclear", "text": ""}
        names = Names(pages={5: "Heat packs", 6: "Warm baths"})
        change = only({"rated_treatments": [row]}, {"rated_treatments": [row | {"treatment_id": 6}]}, names)
        assert [run.text for run in change.fields[0].after] == ["Warm baths"]

    def test_a_person_and_a_date(self):
        person = {"name": "Pat Example", "credentials": "PT"}
        changes = compare(page(), page(reviewer=person, last_reviewed="2026-11-01"))
        assert [change.heading for change in changes] == ["Checked by", "Last checked on"]
        assert changes[0].fields[0].after[0].text == "Pat Example, PT"


def test_warning_signs():
    sign = {"key": "bladder", "group": "emergency", "area": "below_waist", "text": "trouble peeing", "in_check": True}
    other = sign | {"key": "fever", "text": "a fever"}
    old, new = {"flags": [sign, other]}, {"flags": [other, sign | {"group": "soon"}]}
    changes = compare(old, new)
    assert [(change.kind, change.heading) for change in changes] == [
        ("changed", "Warning sign: bladder"),
        ("moved", "Order of the warning signs"),
    ]
    assert [run.text for run in changes[0].fields[0].runs] == ["emergency, now", "a doctor soon"]
