"""The sample clinic's texts keep the rules that make them safe and readable."""

import pytest

from content.states import FlagArea, FlagGroup
from content.wording import has_typed
from njspine.sample.files import read_clinic, read_demo_requests, read_pages, read_red_flags
from tests.njspine import text_rules

PAGES = {page.name: page for page in read_pages()}
FLAGS = {flag["key"]: flag for flag in read_red_flags()}
WITH_CARD = [name for name, page in PAGES.items() if page.kind not in ("info", "glossary")]

CAUDA_EQUINA = {"saddle-numbness", "bladder", "bowel", "sexual-function", "both-legs", "leg-weakness"}
SPINAL_CORD = {"neck-cord", "cancer-and-nerves", "fever-and-weakness"}
ACCIDENT_OR_HEART = {"serious-accident", "chest-or-tearing-pain"}
NECK = {"sudden-neck-or-head-pain", "face-speech-sight", "stiff-neck-fever", "neck-injury"}
AFTER_SURGERY = {"after-surgery-legs", "after-surgery-chest", "after-surgery-chills"}
AFTER_SURGERY_TODAY = {"after-surgery-calf", "after-surgery-wound", "after-surgery-fever", "after-surgery-headache"}
OTHER_DISEASE_TODAY = {"fever-or-unwell", "weight-loss", "cancer-pain", "fall-with-weak-bones"}
ABOUT_SURGERY = {
    "conditions/post-surgical-pain",
    "treatments/surgery",
    "treatments/injections",
    "articles/before-your-operation",
}

# Breaks every rule at once.
BAD_PAGE = {
    "title": "Back pain",
    "summary": "Reviewed by a doctor. A guaranteed cure for 90% of people; ask your GP. Call 911, or 201-555-0142.",
    "search_description": "Too short",
    "reviewer": "casey-specimen",
    "sections": [
        {
            "key": "question",
            "heading": "All of the following",
            "body": "<p>A temperature of 38 °C. [2] One. Two. Three. Four. Five. Six.</p>"
            "<p>Multidisciplinary biopsychosocial rehabilitation necessitates comprehensive interprofessional "
            "collaboration, individualized motivational communication, progressive neuromuscular reconditioning and "
            "longitudinal reassessment of functional capabilities by appropriately qualified practitioners.</p>",
            "dont": "Do not rest",
        }
    ],
    "sources": [{"citation": "Somebody", "year": "undated"}],
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("rule", text_rules.RULES, ids=lambda rule: rule.__name__)
def test_every_page_keeps_the_rule(rule, name):
    assert rule(PAGES[name].data) == []


@pytest.mark.parametrize("rule", text_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_finds_a_page_that_breaks_it(rule):
    assert rule(BAD_PAGE)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_only_signs_people_and_pages_that_exist(name):
    data = PAGES[name].data
    assert set(data.get("flags", ())) <= set(FLAGS)
    assert set(data.get("related", ())) <= set(PAGES) - {name}
    assert data["author"] in {person["slug"] for person in read_clinic()["practitioners"]}
    assert {f"treatments/{r['treatment']}" for r in data.get("rated", ()) if "treatment" in r} <= set(PAGES)


@pytest.mark.parametrize("name", WITH_CARD)
def test_every_sign_stands_on_the_pages_that_it_belongs_to(name):
    kind, flags = PAGES[name].kind, set(PAGES[name].data["flags"])
    belonging = CAUDA_EQUINA | SPINAL_CORD | OTHER_DISEASE_TODAY
    if kind == "condition":
        belonging |= ACCIDENT_OR_HEART
    if name in ("conditions/neck-pain", "treatments/manual-therapy"):
        belonging |= NECK
    if name in ABOUT_SURGERY:
        belonging |= AFTER_SURGERY | AFTER_SURGERY_TODAY
    if kind == "condition" and name not in ABOUT_SURGERY:
        belonging |= {"child-unwell", "spine-lump"}
    if "strengthening" in name or "exercises" in name or name == "treatments/stretching":
        belonging |= ACCIDENT_OR_HEART | {"after-surgery-legs"}
    assert belonging <= flags


@pytest.mark.parametrize("name", WITH_CARD)
def test_the_emergency_card_stays_a_list_that_can_be_read(name):
    groups = [FLAGS[key]["group"] for key in PAGES[name].data["flags"]]
    assert groups.count(FlagGroup.EMERGENCY) <= 16


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.kind == "treatment"])
def test_what_is_not_recommended_is_not_offered(name):
    data = PAGES[name].data
    # Medicines, injections and surgery are explained here and done elsewhere.
    assert data["is_offered"] == (data["rating"] != "not_recommended" and data["category"] == "therapy")


@pytest.mark.parametrize("flag", FLAGS.values(), ids=FLAGS)
def test_a_sign_ends_a_list_and_stands_alone(flag):
    assert flag["text"][0].islower()
    assert flag["text"][-1] not in ".,;:"
    assert "all of" not in flag["text"]
    assert not has_typed(flag["text"], text_rules.EMERGENCY_NUMBER, text_rules.CLINIC_PHONE)
    assert any(char.isdigit() for char in flag["source"])
    assert flag["group"] in FlagGroup.values
    assert flag["area"] in FlagArea.values


@pytest.mark.parametrize("flag", FLAGS.values(), ids=FLAGS)
def test_the_safety_check_asks_about_every_danger(flag):
    if flag["group"] == FlagGroup.SOON:
        assert not flag.get("in_check")
    elif not flag["in_check"]:
        covering = [FLAGS[key] for key in flag["covered_by"]]
        assert covering
        assert all(other["in_check"] and other["group"] == flag["group"] for other in covering)


def test_a_warning_seen_second_hand_says_so():
    for flag in FLAGS.values():
        assert ("second hand" in flag["source"].lower()) == (flag.get("is_verified") is False), flag["key"]


def test_every_sign_stands_on_a_page():
    named = {key for page in PAGES.values() for key in page.data.get("flags", ())}
    assert set(FLAGS) == named


def test_people_are_visibly_made_up():
    for person in read_clinic()["practitioners"]:
        assert person["licence_number"].startswith("DEMO-")
        assert "made up" in person["bio"]
    for request in read_demo_requests():
        assert request.get("phone", "+1201555017").startswith("+1201555017")
        assert request.get("email", "a@patient.example").endswith("@patient.example")
