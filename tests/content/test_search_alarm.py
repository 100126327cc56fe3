"""Searches of people in danger show the card, also misspelled; ordinary searches do not drown in red."""

import pytest

from content.search.alarm import alarm
from njspine.sample.files import read_red_flags

DANGER = {
    "bladder": [
        "can't pee", "cant pee", "can’t pee", "can t pee", "CANNOT PEE", "trouble urinating", "peeing myself",
        "leaking urine", "lost bladder control", "blader", "urinatoin problems", "wet myself", "i have incontinence",
        "can't tell when my bladder is full", "unable to go to the toilet", "catn pee", "no problem peeing",
        "wetting the bed", "woke up wet and did not feel it",
    ],
    "bowel": [
        "bowel control", "can't control my bowels", "pooping myself", "soiling myself", "incontinence",
        "bowl movement no feeling", "can't hold my stool",
    ],
    "saddle-numbness": [
        "numb down there", "nubm down there", "number down there", "saddle numbness", "saddle anesthesia", "numb groin",
        "groin is numb", "numb between my legs", "numbness inner thighs", "can't feel wiping", "wiping feels different",
        "no numbness down there", "pins and needles in my genitals", "numb butt", "my bottom is numb",
        "tingling between the legs", "cant feel my private parts",
    ],
    "sexual-function": ["can't get an erection", "erectile problems since back pain", "numb during sex", "impotence",
                        "loss of sexual function"],
    "both-legs": [
        "pain in both legs", "sciatica both legs", "numb legs", "my legs are numb", "weakness in both my legs",
        "bilateral sciatica", "numb from the waist down", "can't feel my feet",
    ],
    "leg-weakness": [
        "legs went weak", "legs went week", "leg weakness", "weak leg", "my foot is weak", "foot drop",
        "sudden foot drop", "my leg gave out", "leg keeps giving way", "can't lift my foot", "can't walk",
        "cannot walk anymore", "can't move my legs", "dragging my foot", "paralyzed", "paralised leg", "wek legs",
        "lost strength in my leg", "legs won't move", "my leg stopped working", "can't feel my left leg",
        "legs collapse", "i cannot raise my right foot", "leg can't hold me",
    ],
    "neck-cord": [
        "clumsy hands", "clumsey hands", "dropping things", "unsteady walking", "losing my balance", "weak arms",
        "arm weakness and neck pain", "can't button my shirt", "weak hands",
        "hands don't work", "can't move my right arm", "electric shock down my spine when i bend my neck",
    ],
    "sudden-neck-or-head-pain": ["worst headache of my life", "sudden severe headache", "sudden severe neck pain"],
    "face-speech-sight": [
        "stroke", "am I having a stroke", "face drooping", "slurred speech", "double vision", "passed out", "fainting",
        "trouble swallowing", "can't speak", "face is numb",
    ],
    "stiff-neck-fever": ["fever and stiff neck", "fever confusion", "meningitis"],
    "neck-injury": ["hurt neck in crash numb arms", "broken neck", "whiplash numb hands"],
    "serious-accident": [
        "back pain after car accident", "car crash with neck pain", "fell off a ladder back pain",
        "motorcycle crash back hurts", "fell down the stairs", "hit by a car",
    ],
    "chest-or-tearing-pain": [
        "chest pain", "pain in my chest", "tearing pain in back", "trouble breathing", "can't breathe", "cant breath",
        "short of breath", "coughing up blood", "heart attack",
        "back pain when i breathe", "hurts to take a deep breath", "pain with deep breaths",
    ],
    "fever-and-weakness": ["fever with weak legs", "back pain fever numbness"],
    "cancer-and-nerves": ["cancer and numb legs", "breast cancer weakness"],
    "after-surgery-legs": ["weakness after surgery", "numb between legs after injection"],
    "after-surgery-chest": ["chest pain after surgery", "can't breathe after operation"],
    "after-neck-surgery-throat": ["neck swelling after surgery", "can't swallow after neck surgery"],
    "after-surgery-chills": ["chills after surgery", "sepsis"],
}  # fmt: skip
CRISIS = [
    "suicidal", "suicide", "kill myself", "i want to die", "end my life", "overdose", "took too many pills",
    "life is not worth living", "i dont want to be here anymore", "i am going to end it", "took a bottle of my pills",
]  # fmt: skip
SAME_DAY = {
    "fever-or-unwell": ["back pain and fever"],
    "after-surgery-fever": ["fever after surgery"],
    "after-surgery-wound": ["wound is leaking", "incision red and open", "pus from stitches"],
    "after-surgery-calf": ["swollen calf", "blood clot in leg"],
    "after-surgery-headache": ["headache after epidural"],
    "cancer-pain": ["back pain and history of cancer"],
    "weight-loss": ["unexplained weight loss"],
    "spine-lump": ["lump on spine"],
    "child-unwell": ["child with back pain and fever"],
    "fall-with-weak-bones": ["fall with osteoporosis"],
}
ORDINARY = """
gabapentin not working for leg pain|physical therapy doesn't work for my leg pain|collapsed disc leg pain
dead bug exercise for glutes|can't lift boxes because of leg pain|i gave up running because of leg pain
leg pain that won't go away|my leg won't stop hurting|nothing works for my hand pain
can't lift my child with back pain|can't use a heating pad
back pain|lower back pain|leg pain|pain in one leg|numb toe|numb toes|numb foot|numb fingers|weak core
weak back muscles|car accident|car accident insurance|no fault insurance|does insurance cover a car accident
auto accident physical therapy|do you treat car accident injuries|whiplash|workers comp|hurt my back at work
sciatica|slipped disc|pinched nerve|lumbago|neck pain|stiff neck|crick in neck|neck pain and headache|headache
tingling in fingers|pins and needles in foot|arm pain|core exercises|strengthening|balance exercises
breathing exercises|deep breathing|leg exercises|stronger legs|grip strength|walking with sciatica
can i walk with sciatica|hurts to walk|pain when walking|heavy legs|restless legs|leg cramps
how long does sciatica last|back pain for 6 weeks|week 6 after surgery|pain after surgery|scar pain|wound care
stitches|pelvic tilt|hip pain|buttock pain|butt pain|groin pain|foot pain|bottom of foot pain
numb bottom of my foot|both knees|restroom|is there a toilet|accessible restroom|parking|lift heavy things
can't sleep|can't bend|can't stand up straight|can't move my neck|can't sit|hard to sit|trouble sleeping
hamstring stretch|heat or ice|massage|stroking massage|heat|chest stretch|torn disc|annular tear|lose weight
weight loss for back pain|pregnant back pain|cortisone shot|injections|side effects of opioids
constipation from pain pills|steroid injection risks|surgery risks|fall prevention|pain pills|cancel appointment
drop in appointment|opening hours|do you speak spanish|i can't speak english|can't talk on the phone|standing desk
sit to stand|sex with back pain|when can i drive after surgery|i hurt myself lifting|sore after exercise
how much does it cost|number of visits|should i worry|spinal cord|cancer|massage with cancer|weak bones|ultrasound
scar tissue|shooting pain down the leg|burning leg|electric shock in leg|is my pain dangerous|fever few|hay fever
wet heat|wet heating pad|hot wet towel|i don't want her to worry
feet
"""


def words(text):
    return [query.strip() for query in text.replace("\n", "|").split("|") if query.strip()]


@pytest.mark.parametrize(("key", "query"), [(key, query) for key, queries in DANGER.items() for query in queries])
def test_danger_names_its_sign(key, query):
    assert key in alarm(query).emergency


@pytest.mark.parametrize("query", CRISIS)
def test_a_life_in_danger_by_its_own_hand(query):
    assert alarm(query).is_crisis


@pytest.mark.parametrize(("key", "query"), [(key, query) for key, queries in SAME_DAY.items() for query in queries])
def test_a_doctor_today(key, query):
    assert key in alarm(query).same_day


@pytest.mark.parametrize("query", words(ORDINARY))
def test_ordinary_searches_show_no_red(query):
    found = alarm(query)
    assert not found.is_emergency
    assert not found.is_crisis


def test_every_sign_of_the_library_has_words_and_every_key_is_one_of_it():
    groups = {flag["key"]: flag["group"] for flag in read_red_flags()}
    assert set(DANGER) == {key for key, group in groups.items() if group == "emergency"}
    assert set(SAME_DAY) == {key for key, group in groups.items() if group == "same_day"}


@pytest.mark.parametrize("filler", ["please help me i", "since yesterday", "what should I do if I", "for 3 days now"])
@pytest.mark.parametrize("query", ["can't pee", "numb down there", "legs went weak", "trouble breathing"])
def test_other_words_around_it_change_nothing(query, filler):
    assert alarm(f"{filler} {query}").is_emergency
    assert alarm(f"{query} {filler}").is_emergency


@pytest.mark.parametrize("query", ["", " ", "%", "🦴🦴", "' OR 1=1--", "١٢٣", "山田太郎", "a" * 200, "no " * 60])
def test_anything_else_is_no_alarm_and_no_error(query):
    found = alarm(query)
    assert (found.emergency, found.same_day, found.is_crisis) == ((), (), False)


@pytest.mark.parametrize(
    "query",
    [
        "chest pain during exercise",
        "car accident neck pain does insurance cover it",
        "numb groin after car accident insurance claim",
        "muscle weakness after surgery",
        "trouble breathing during exercises",
    ],
)
def test_an_ordinary_word_beside_it_takes_no_alarm_back(query):
    assert alarm(query).is_emergency


def test_it_is_heard_at_the_end_of_a_long_story():
    assert alarm("my back has been hurting since last spring and " * 20 + " and now I can't pee").is_emergency
