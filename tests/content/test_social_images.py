"""Pictures of shared links: calm, small, in the site's colors, and harmless whatever was typed."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PIL.ImageColor import getrgb

from clinic import social_images
from clinic.social_drawing import ACCENT, BONE, GROUND, HEIGHT, SOFT, WIDTH, WORDS, draw, is_drawable, plain_words
from content.page_heads import LONGEST_TITLE, document_title
from tests.content.factories import make_article, make_condition, make_info, publish_page
from tests.content.reading import Soup
from tests.factories import MONDAY_NOON, make_clinic

NAME = "New Jersey Spine Institute"
TOKENS = Path(__file__).resolve().parent.parent.parent / "static" / "css" / "tokens.css"
MOST_BYTES = 60_000
HOSTILE = [
    "</script><script>alert(1)</script>",
    "\x00\x07",
    "\x1b[31mred",
    "\u202eright to left",
    "W" * 90,
    "i" * 90,
    "a " * 45,
    "Боль в спине",
    "腰痛",
    "آلام الظهر",
    "🦴",
    "é",
    "\ud800",
    "\n\n",
    "",
]


def picture(**words):
    return Image.open(io.BytesIO(draw(**{"title": "Sciatica", "label": "Condition", "name": NAME} | words)))


def column(image):
    """The right part of a picture, where no word may ever be."""
    return image.convert("RGB").crop((840, 0, WIDTH, HEIGHT))


def differ(one, other):
    return ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is not None


class TestDrawing:
    def test_size_and_weight(self):
        longest = "Is this pain healthy or harmful, and what should you do when it comes back at every night?"
        for title in ("Sciatica", longest):
            data = draw(title=title, label="Article", name=NAME)
            assert len(data) <= MOST_BYTES
            image = Image.open(io.BytesIO(data))
            assert (image.format, image.size) == ("PNG", (1200, 630))

    def test_colors_are_those_of_the_site(self):
        light = TOKENS.read_text().split("@media", 1)[0]
        defined = dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", light))
        full = {
            name: color if len(color) == 7 else "#" + "".join(c * 2 for c in color[1:])
            for name, color in defined.items()
        }
        names = ("deep", "deep-action", "accent", "deep-on", "deep-soft")
        assert tuple(full[name] for name in names) == (GROUND, BONE, ACCENT, WORDS, SOFT)

    @pytest.mark.parametrize("title", HOSTILE)
    def test_whatever_was_typed_stays_off_the_column(self, title):
        image = picture(title=title, label=title, name=title)
        assert image.size == (WIDTH, HEIGHT)
        assert not differ(column(image), column(picture()))

    @pytest.mark.parametrize("title", ["Боль в спине", "腰痛", "آلام الظهر", "Ciática", "🦴", ""])
    def test_letters_that_the_font_lacks_are_no_boxes(self, title):
        assert not is_drawable(title)
        assert not differ(picture(title=title), picture(title=NAME, label=""))

    def test_english_titles_are_drawable_with_their_quotes_and_dashes(self):
        for title in (
            "Workers’ comp – what to ask",
            "“Slipped disc”: 5 in 100?",
            "Before & after (6 weeks)",
            "9/10\u00a0…",
        ):
            assert is_drawable(title)

    def test_invisible_characters_are_left_out(self):
        assert plain_words(" a\u200b\u202eb\x00\tc\u00ad ") == "ab c"

    def test_the_amber_block_is_where_it_hurts(self):
        neck, back = picture(amber=1).convert("RGB"), picture().convert("RGB")
        assert (neck.getpixel((996, 60)), neck.getpixel((960, 390))) == (getrgb(ACCENT), getrgb(BONE))
        assert (back.getpixel((996, 60)), back.getpixel((960, 390))) == (getrgb(BONE), getrgb(ACCENT))

    def test_another_title_is_another_picture(self):
        assert differ(picture(), picture(title="Heat"))


@pytest.fixture
def clinic(db, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic(tagline="Spine care and physical therapy")


@pytest.fixture
def address(client, clinic):
    """Path of the picture that a page names."""

    def address(path):
        root = Soup.parse(client.get(path).text)
        found = [e.attrib["content"] for e in root.iter("meta") if e.attrib.get("property") == "og:image"]
        assert len(found) == 1
        return found[0].removeprefix("https://clinic.example")

    return address


class TestAddress:
    def test_a_picture_is_kept_for_ever_and_may_be_shown_elsewhere(self, client, address):
        make_condition(published=True, slug="sciatica")
        path = address("/conditions/sciatica/")
        assert re.fullmatch(r"/social/condition/sciatica/[0-9a-f]{16}\.png", path)
        response = client.get(path)
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in response
        assert client.get(path, headers={"if-none-match": response["ETag"]}).status_code == 304
        assert client.head(path).status_code == 200

    def test_other_words_have_another_address_and_the_old_one_leads_there(self, client, address, clinic):
        page = make_condition(published=True, slug="sciatica", title="Sciatica")
        before = address("/conditions/sciatica/")
        page.title = "Sciatica and you"
        page.save()
        assert address("/conditions/sciatica/") == before
        publish_page(page)
        after = address("/conditions/sciatica/")
        assert after != before
        response = client.get(before)
        assert (response.status_code, response["Location"]) == (302, after)
        make_clinic(name="Another name")
        assert address("/conditions/sciatica/") != after

    def test_a_page_about_another_region_has_another_picture(self, client, address):
        make_condition(published=True, slug="neck", title="Pain", region="neck")
        make_condition(published=True, slug="back", title="Pain", region="lower_back")
        neck, back = (client.get(address(f"/conditions/{slug}/")).content for slug in ("neck", "back"))
        assert neck != back

    def test_lists_and_pages_of_facts_share_the_clinics_picture(self, client, address):
        assert len({address(path) for path in ("/", "/conditions/", "/team/", "/contact/", "/get-help-now/")}) == 1
        assert client.get(address("/")).status_code == 200

    @pytest.mark.parametrize(
        "path",
        [
            "/social/condition/no-such-page/0123456789abcdef.png",
            "/social/nothing/sciatica/0123456789abcdef.png",
            "/social/condition/draft/0123456789abcdef.png",
        ],
    )
    def test_only_what_is_public_has_a_picture(self, client, clinic, path):
        make_condition(slug="draft")
        assert client.get(path).status_code == 404

    def test_each_picture_is_drawn_once_and_nothing_else_ever(self, client, address, monkeypatch):
        social_images._drawn.cache_clear()
        drawn = []
        monkeypatch.setattr(social_images, "draw", lambda **words: drawn.append(words["title"]) or b"png")
        make_article(published=True, slug="moves", title="Moves")
        path = address("/articles/moves/")
        for tried in (path, path, "/social/article/moves/0000000000000000.png", "/social/x.png"):
            client.get(tried)
        assert drawn == ["Moves"]
        social_images._drawn.cache_clear()

    def test_publishing_draws_nothing(self, clinic, monkeypatch):
        monkeypatch.setattr(social_images, "draw", lambda **words: pytest.fail("drawn"))
        make_info(published=True)

    @pytest.mark.parametrize("method", ["post", "put"])
    def test_it_can_only_be_read(self, client, address, method):
        assert getattr(client, method)(address("/")).status_code == 405

    @pytest.mark.parametrize(
        "title", [title for title in HOSTILE if title.strip() and not set("\0\ud800") & set(title)]
    )
    def test_a_hostile_title_gets_a_picture_too(self, client, address, title):
        page = make_condition(published=True, slug="sciatica")
        type(page).objects.filter(pk=page.pk).update(live_title=title)
        make_clinic(name=title)
        assert client.get(address("/conditions/sciatica/")).status_code == 200
        assert client.get(address("/")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "title", "found"),
    [
        ("condition", "Sciatica", "Sciatica: symptoms, self-care and treatment"),
        ("treatment", "Heat", "Heat: what it is, evidence and risks"),
        ("article", "Moves", "Moves"),
        ("condition", "A name that is long enough already", "A name that is long enough already"),
    ],
)
def test_a_title_says_more_where_there_is_room(kind, title, found):
    assert document_title(kind, title) == found
    assert len(found) <= LONGEST_TITLE
