"""What a sample page's text must keep to. Each rule takes the file's data and returns its complaints."""

import re

from content.wording import cited_numbers, has_typed, lines, plain
from tests.njspine.readability import grade, sentences, words

MOST_WORDS_IN_SENTENCE = 20
MOST_SENTENCES_IN_PARAGRAPH = 3
# As much as a worried reader finishes; the dictionary is looked things up in, not read.
WORDS_ON_PAGE = range(300, 1151)
HIGHEST_GRADE = 8
EMERGENCY_NUMBER, CLINIC_PHONE = "911", "2015550142"
SENTENCE_END = re.compile(r"[.?!](?=\s|[”\"]|$)")
PROMISES = re.compile(
    r"\bcur(?:e|es|ed|ing)\b|guarantee|always works?|never fails?|risk[- ]free|completely safe|90 ?%|90 (?:in|of) 100",
    re.IGNORECASE,
)
FOREIGN = re.compile(
    r"paracetamol|\bGPs?\b|\bA&E\b|physiotherap|\b999\b|colour|programme|tumour|\bcentre\b", re.IGNORECASE
)
REVIEW_CLAIM = re.compile(r"reviewed by|checked by|medically reviewed|approved by", re.IGNORECASE)
COLUMNS = ("heading", "body", "unlikely_if", "do", "dont", "number_text", "number_note", "caption")
GLANCE = ("good_for", "feels_like", "visits", "done_by", "cost_note")


def texts(data):
    """Every text of the page that a reader sees, flags and sources apart."""
    found = [data["title"], data["summary"], data.get("key_points", ""), *(data.get(name, "") for name in GLANCE)]
    for section in data["sections"]:
        found += [section.get(name, "") for name in COLUMNS]
    for rated in data.get("rated", ()):
        found += [rated["name"], rated["text"]]
    for movement in data.get("movements", ()):
        found += movement.values()
    return [text for text in found if text]


def whole(data):
    return "\n".join(texts(data))


def word_count(data):
    return sum(len(words(sentence)) for sentence in sentences(whole(data)))


def citations_have_sources(data):
    known = range(1, len(data.get("sources", ())) + 1)
    return [number for text in texts(data) for number in cited_numbers(plain(text)) if number not in known]


def sources_are_cited(data):
    cited = {number for text in texts(data) for number in cited_numbers(plain(text))}
    return [source["citation"] for n, source in enumerate(data.get("sources", ()), start=1) if n not in cited]


def sources_have_years(data):
    return [source["citation"] for source in data.get("sources", ()) if not re.search(r"(19|20)\d\d", source["year"])]


def promises_nothing(data):
    return [match[0] for text in texts(data) for match in PROMISES.finditer(text)]


def speaks_american(data):
    return [match[0] for text in texts(data) for match in FOREIGN.finditer(text)]


def claims_no_review(data):
    return [match[0] for text in texts(data) for match in REVIEW_CLAIM.finditer(text)] + [
        name for name in ("reviewer", "last_reviewed", "next_review") if name in data
    ]


def types_no_number(data):
    return [text for text in texts(data) if has_typed(plain(text), EMERGENCY_NUMBER, CLINIC_PHONE)]


def never_says_all_of(data):
    return [text for text in texts(data) if "all of the following" in text.lower() or "all of these" in text.lower()]


def do_not_lines_follow_do_not(data):
    """“do not” is put before each line on the page, so the line goes on in lower case and without it."""
    found = [line for section in data["sections"] for line in lines(section.get("dont", ""))]
    return [line for line in found if re.match(r"do not\b|don['’]t\b|never\b|avoid\b|[A-Z]", line)]


def sentences_are_short(data):
    return [sentence for sentence in sentences(whole(data)) if len(words(sentence)) > MOST_WORDS_IN_SENTENCE]


def paragraphs_are_short(data):
    paragraphs = [
        p for section in data["sections"] for p in re.findall(r"<p>(.*?)</p>", section.get("body", ""), re.DOTALL)
    ]
    return [text for text in paragraphs if len(SENTENCE_END.findall(plain(text))) > MOST_SENTENCES_IN_PARAGRAPH]


def reads_easily(data):
    found = grade(whole(data))
    return [] if found <= HIGHEST_GRADE else [found]


def is_short(data):
    count = word_count(data)
    return [] if count in WORDS_ON_PAGE or "terms" in data else [count]


def fahrenheit_comes_first(data):
    return [text for text in texts(data) if re.search(r"°\s?C|\bC\b\)", text) and not re.search(r"°\s?F.*°\s?C", text)]


def describes_itself(data):
    length = len(data["search_description"])
    return [] if 50 <= length <= 160 else [length]


RULES = (
    citations_have_sources,
    sources_are_cited,
    sources_have_years,
    promises_nothing,
    speaks_american,
    claims_no_review,
    types_no_number,
    never_says_all_of,
    do_not_lines_follow_do_not,
    sentences_are_short,
    paragraphs_are_short,
    reads_easily,
    is_short,
    fahrenheit_comes_first,
    describes_itself,
)
