"""The sample clinic's data files as plain values. No database."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

# Folder under pages/, and the kind of page (content.anatomy.PageKind) whose texts lie in it.
KINDS = {
    "conditions": "condition",
    "treatments": "treatment",
    "articles": "article",
    "info": "info",
    "glossary": "glossary",
}


@dataclass(frozen=True)
class PageFile:
    """One page's text. `name` is folder and slug, like “treatments/heat”: how files refer to each other."""

    name: str
    kind: str
    slug: str
    data: dict


def read_clinic():
    """The clinic's facts: keys clinic, locations, closures, practitioners, insurance, rooms, appointment_types."""
    return _read(FOLDER / "clinic.toml")


def read_red_flags():
    """The safety library's signs in the order in which patients read them."""
    return _read(FOLDER / "red_flags.toml")["flags"]


def read_demo_requests():
    """Requests of people who do not exist: keys as the comment on top of the file explains them."""
    return _read(FOLDER / "demo_requests.toml")["requests"]


def read_pages():
    """Every page's text, folder by folder."""
    return [
        PageFile(f"{folder}/{path.stem}", kind, path.stem, _read(path))
        for folder, kind in KINDS.items()
        for path in sorted((FOLDER / "pages" / folder).glob("*.toml"))
    ]


def _read(path):
    with path.open("rb") as file:
        return tomllib.load(file)
