"""Keeps the house in order: who may import whom, which layer stands above which. Reads files, runs no import."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "clinic": set(),
    "content": {"clinic"},
    "booking": {"clinic", "content"},
    "njspine": {"clinic", "content", "booking"},
}
# From the ground up; a file imports its own app's files from its own layer or below only.
LAYERS = ["leaf", "pure", "models", "reads", "actions", "forms", "callers"]
PLACES = {
    "clinic": {
        "leaf": {"faults", "languages", "states"},
        "pure": {
            "delivery",
            "hours",
            "hours_text",
            "intervals",
            "places",
            "renditions",
            "social_drawing",
            "structured_data",
            "text_segments",
            "validators",
            "wall_clock",
        },
        "models": {"models"},
        "reads": {
            "caching",
            "context_processors",
            "images",
            "mail",
            "mail_files",
            "network",
            "page_head",
            "picture_uses",
            "revision",
            "site",
            "social_images",
            "text_backend",
            "text_files",
            "transport",
        },
        "actions": {
            "channels",
            "claims",
            "heartbeat",
            "outbox",
            "picture_trash",
            "text_messages",
        },
        "forms": {"compared_forms", "forms", "picture_forms"},
        "callers": {
            "admin",
            "apps",
            "checks",
            "image_admin",
            "outbox_admin",
            "templatetags",
            "urls",
            "inbound_texts",
            "management",
            "version_check",
            "views",
        },
    },
    "content": {
        "leaf": {"errors", "states"},
        "pure": {
            "address_rules",
            "anatomy",
            "constraints",
            "editing/advice",
            "editing/comparing",
            "editing/labels",
            "editing/paste",
            "editing/paste_blocks",
            "editing/plain_words",
            "editing/plan_times",
            "editing/word_changes",
            "gate",
            "gate_cards",
            "gate_pictures",
            "gate_reviews",
            "gate_texts",
            "glossary",
            "reading_level",
            "rendering",
            "rich_text",
            "search/alarm",
            "search/lexicon",
            "search/places",
            "search/question",
            "search/quotes",
            "search/ranking",
            "search/spelling",
            "search/text",
            "section_pictures",
            "shapes",
            "wording",
        },
        "models": {"models"},
        "reads": {
            "drafts",
            "editing/advice_facts",
            "editing/board",
            "editing/links",
            "editing/mending",
            "editing/naming",
            "editing/people",
            "editing/preview_links",
            "editing/public_state",
            "editing/timeline",
            "editing/where_used",
            "listing",
            "picture_places",
            "safety",
            "search/documents",
            "search/facts",
            "search/finding",
            "search/reading",
            "stamps",
            "web_probe",
        },
        "actions": {
            "addresses",
            "editing/messages",
            "editing/planning",
            "editing/reminders",
            "editing/restoring",
            "editing/reviewing",
            "editing/saving",
            "editing/sharing",
            "editing/trash",
            "feedback",
            "link_checker",
            "missing_addresses",
            "publishing",
            "safety_publishing",
            "search/index",
            "search/misses",
        },
        "forms": {"forms"},
        "callers": {
            "admin",
            "apps",
            "board",
            "feeds",
            "helpful",
            "management",
            "page_heads",
            "preview",
            "records",
            "search/view",
            "sitemaps",
            "social_images",
            "structured_data",
            "templatetags",
            "trash_views",
            "urls",
            "views",
        },
    },
    "booking": {
        "leaf": {"errors", "references", "states", "typed_text"},
        "pure": {
            "calendar_file",
            "choosing",
            "constraints",
            "endings",
            "hold_rules",
            "local_times",
            "promise",
            "reminders",
            "safety_call",
            "slots",
            "steps",
            "suspicion",
            "timetable",
            "waiting_rules",
            "windows",
            "working_time",
        },
        "models": {"models"},
        "reads": {
            "availability",
            "drafts",
            "messages",
            "offers",
            "open_offers",
            "patient_links",
            "queue",
            "rebooking",
            "wait_list",
            "wanted_time",
        },
        "actions": {
            "actions",
        },
        "forms": {"forms"},
        "callers": {
            "admin",
            "apps",
            "desk",
            "schedule_admin",
            "templatetags",
            "urls",
            "views",
        },
    },
}
MOST_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base"}
PURE_MUST_NOT_IMPORT = ("django.http", "django.conf", "django.shortcuts", "django.utils.timezone")


def modules(app):
    return [path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def imports(path):
    """(dotted name, whether inside a function) of every import of the file."""
    tree = ast.parse(path.read_text())
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            yield name, id(node) not in top


def place(app, path):
    """The layer of a file, or of the folder that it lies in when the whole folder is one layer."""
    parts = path.relative_to(ROOT / app).with_suffix("").parts
    for layer, stems in PLACES[app].items():
        if parts[0] in stems or "/".join(parts[:2]) in stems:
            return layer
    raise AssertionError(
        f"{path.relative_to(ROOT)} has no layer: give it one in tests/test_architecture.py and the README"
    )


def file_of(app, name):
    """The file or one-layer folder of ours that a dotted name leads to; None for names of others and inside files."""
    parts = name.split(".")
    if parts[0] != app or len(parts) < 2:
        return None
    for depth in (3, 2):
        path = ROOT.joinpath(*parts[:depth])
        if path.with_name(f"{path.name}.py").exists() or (
            path.is_dir() and any(path.name in s for s in PLACES[app].values())
        ):
            return path
    return None


def is_empty(path):
    return path.name == "__init__.py" and not path.read_text().strip()


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_apps_import_in_one_direction(app):
    for path in modules(app):
        for name, _ in imports(path):
            first = name.split(".")[0]
            if first in MAY_IMPORT and first != app:
                assert first in MAY_IMPORT[app], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_no_import_hides_in_a_function(app):
    for path in modules(app):
        for name, inside in imports(path):
            assert not (inside and name.split(".")[0] in MAY_IMPORT), f"{path.relative_to(ROOT)} imports {name} inside"


@pytest.mark.parametrize("app", PLACES)
def test_a_file_imports_only_from_its_layer_or_below(app):
    for path in modules(app):
        if is_empty(path):
            continue
        own = LAYERS.index(place(app, path))
        for name, _ in imports(path):
            imported = file_of(app, name)
            if imported is None:
                continue
            other = place(app, imported)
            assert LAYERS.index(other) <= own, f"{path.relative_to(ROOT)} ({LAYERS[own]}) imports {name} ({other})"


@pytest.mark.parametrize("app", PLACES)
def test_pure_files_know_no_clock_request_or_settings(app):
    for path in modules(app):
        if is_empty(path) or place(app, path) != "pure":
            continue
        for name, _ in imports(path):
            assert not name.startswith(PURE_MUST_NOT_IMPORT), f"{path.relative_to(ROOT)} imports {name}"
            assert name != f"{app}.models", f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("app", [*MAY_IMPORT, "tests"])
def test_no_god_file_and_no_drawer_for_everything(app):
    for path in modules(app):
        lines = len(path.read_text().splitlines())
        assert lines <= MOST_LINES, f"{path.relative_to(ROOT)} has {lines} lines: is there a second subject in it?"
        assert path.stem not in FORBIDDEN_NAMES, f"{path.relative_to(ROOT)} says nothing about what is in it"
