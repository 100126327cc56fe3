"""A picture's way in a real browser: added, pointed at, chosen, read by a patient; and without scripts."""

import PIL.Image
import pytest
from PIL import ImageDraw

from tests.browser.axe import AxeReport
from tests.browser.conftest import sign_in

# Minutes of a real browser: run among the large figures.
pytestmark = pytest.mark.proof

WORDS = "A blue treatment table below a window"
CAPTION = "A low table makes getting up easier."
# A draft with one section, and publishing it as the server's own commands do; taken off the site at the end.
MAKE = """
from content.models import InfoPage, Section
page = InfoPage.objects.create(
    slug="a-picture", title="A picture", summary="What it shows.", no_emergency_card=True,
    search_description="A page for a test of pictures, with a description that is long enough.",
)
Section.objects.create(page=page, key="topic", heading="The room", body="<p>Before.</p>")
print(page.pk)
"""
PUBLISH = """
from django.utils import timezone
from content.models import Page
from content.publishing import publish
publish(page=Page.objects.get(slug="a-picture"), by=None, why="Test", now=timezone.now())
"""
TAKE_OFF = PUBLISH.replace("import publish", "import unpublish").replace("publish(page", "unpublish(page")
SHIFTS = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => { for (const shift of list.getEntries()) total += shift.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(total), 300);
})"""


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "IMG_1234.JPG"
    image = PIL.Image.new("RGB", (2400, 1600), "#9cc")
    ImageDraw.Draw(image).rectangle((1200, 900, 2200, 1300), fill="#256")
    image.save(path, "JPEG")
    return path


@pytest.fixture(scope="module")
def page_id(server):
    yield int(server.manage("shell", "-v0", "-c", MAKE))
    server.manage("shell", "-v0", "-c", TAKE_OFF)


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_picture_goes_all_the_way(watched, server, photo, page_id):
    """Under the strict policy: the `watched` fixture fails on any complaint of the browser."""
    report = AxeReport()
    page = watched(viewport={"width": 1280, "height": 900}).page()
    sign_in(page, "editor")
    page.goto("/admin/clinic/image/add/")
    page.get_by_label("Picture", exact=False).first.set_input_files(photo)
    page.get_by_label("What the picture shows").fill(WORDS)
    report.visit(page, "adding a picture")
    page.get_by_role("button", name="Save and continue editing").click()
    # Pointing at it, by mouse and by keyboard.
    picture = page.locator(".img-focus img")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    assert (page.locator("#id_focal_x").input_value(), page.locator("#id_focal_y").input_value()) == ("75", "25")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert (page.locator("#id_focal_x").input_value(), page.locator("#id_focal_y").input_value()) == ("74", "35")
    assert page.get_by_label("At the exact point below").is_checked()
    report.visit(page, "a picture")
    page.get_by_role("button", name="Save", exact=True).click()
    report.visit(page, "the library")
    thumbnail = page.get_by_role("link", name=WORDS).locator("img")
    assert "-at-74-35-" in thumbnail.get_attribute("src")
    assert thumbnail.evaluate("image => image.complete && image.naturalWidth") > 0

    page.goto(f"/admin/content/infopage/{page_id}/change/")
    page.locator("#sections-0 > details > summary").click()
    page.get_by_role("button", name="Choose by looking").first.click()
    dialog = page.get_by_role("dialog", name="Choose a picture")
    page.wait_for_function("[...document.querySelectorAll('.img-choices img')].every(image => image.complete)")
    # So high that nothing in the dialog is cut: of words across an edge axe cannot tell what is behind them.
    page.set_viewport_size({"width": 1280, "height": 2400})
    report.visit(page, "choosing a picture")
    dialog.get_by_label("Find by its words").fill("blue TREATMENT")
    dialog.get_by_role("button", name=WORDS).click()
    assert page.locator("#id_sections-0-image option:checked").inner_text() == WORDS
    page.locator("#id_sections-0-caption").fill(CAPTION)
    page.get_by_role("button", name="Save draft").click()
    page.locator(".img-pick img").first.wait_for(state="attached")
    server.manage("shell", "-v0", "-c", PUBLISH)

    for width, scheme in ((320, "light"), (320, "dark"), (1280, "light")):
        reader = watched(viewport={"width": width, "height": 700}, color_scheme=scheme).page()
        reader.goto("/a-picture/")
        figure = reader.locator("figure.photo")
        figure.scroll_into_view_if_needed()
        image = reader.get_by_role("img", name=WORDS)
        reader.wait_for_function("document.querySelector('figure.photo img').complete")
        assert image.evaluate("image => image.currentSrc").endswith(".avif")
        shown = image.bounding_box()
        assert shown["width"] / shown["height"] == pytest.approx(1.5, abs=0.02)
        assert reader.evaluate(SHIFTS) < 0.01
        assert not too_wide(reader)
        assert CAPTION in figure.inner_text()
        report.visit(reader, f"a page with a picture, {width} {scheme}")
    assert report.problems == []


def test_the_library_and_its_form_fit_a_phone(watched):
    report = AxeReport()
    page = watched(viewport={"width": 320, "height": 2400}, color_scheme="dark").page()
    sign_in(page, "editor")
    for path in ("/admin/clinic/image/", "/admin/clinic/image/?shelf=trash", "/admin/clinic/image/add/"):
        page.goto(path)
        assert not too_wide(page), path
        report.visit(page, path)
    page.goto("/admin/clinic/image/")
    page.locator(".img-card").first.click()
    assert not too_wide(page)
    report.visit(page, "a picture on a phone")
    page.get_by_role("link", name="Move to the trash").click()
    assert not too_wide(page)
    report.visit(page, "the trash of a picture")
    assert report.problems == []


def test_without_scripts_the_same_is_done_with_plain_fields(watched, photo, page_id):
    page = watched(java_script_enabled=False).page()
    sign_in(page, "editor")
    page.goto("/admin/clinic/image/add/")
    # Chosen a second time: the page of the first opens, with the words just typed.
    page.locator("#id_file").set_input_files(photo)
    page.get_by_label("What the picture shows").fill("The same table")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "This picture is in the library already" in page.get_by_role("main").inner_text()
    assert page.get_by_label("What the picture shows").input_value() == "The same table"
    page.get_by_label("Bottom right").check()
    page.get_by_role("button", name="Save", exact=True).click()
    thumbnail = page.get_by_role("link", name="The same table").locator("img")
    assert "-at-83-83-" in thumbnail.get_attribute("src")
    page.goto(f"/admin/content/infopage/{page_id}/change/")
    page.locator("#sections-0 > details > summary").click()
    assert page.get_by_role("button", name="Choose by looking").count() == 0
    page.locator("#id_sections-0-image").select_option(label="The same table")
