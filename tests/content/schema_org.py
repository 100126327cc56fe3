"""Checks JSON-LD against the schema.org vocabulary, of which tests/data/schema_org.json holds the part we could use."""

import datetime
import json
import re
from functools import cache
from pathlib import Path

VOCABULARY = json.loads((Path(__file__).resolve().parent.parent / "data" / "schema_org.json").read_text())
TYPES, PROPERTIES, MEMBERS = VOCABULARY["types"], VOCABULARY["properties"], VOCABULARY["members"]
# Proposed to schema.org and waiting, some since 2018. In use because nothing else says it, and consumers read it.
PENDING_IN_USE = {
    "jobTitle": "as old as Person; marked pending since it may be a DefinedTerm as well",
    "hasCredential": "a license and a degree are what New Jersey wants told of a professional",
    "EducationalOccupationalCredential": "the only type a credential of a person can have",
    "credentialCategory": "tells the license from the degree",
    "DefinedTermSet": "the only type for a glossary",
    "DefinedTerm": "the only type for its words",
    "hasDefinedTerm": "joins the two",
}
ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
YEAR = re.compile(r"[12]\d{3}")


@cache
def supertypes(name):
    """The type itself and all above it."""
    return {name}.union(*(supertypes(parent) for parent in TYPES.get(name, {"is": []})["is"]))


def problems(data, known=()):
    """What is wrong with one block of JSON-LD, as sentences. `known`: (id, types) of things described elsewhere."""
    found = [] if data.get("@context") == "https://schema.org" else ["@context is not https://schema.org"]
    ids = dict(known) | dict(described(data))
    return found + list(_node_problems({k: v for k, v in data.items() if k != "@context"}, "", ids))


def described(data):
    """(id, types) of every thing that a block describes."""
    if isinstance(data, dict):
        if "@id" in data and "@type" in data:
            yield data["@id"], types_of(data)
        for value in data.values():
            yield from described(value)
    elif isinstance(data, list):
        for value in data:
            yield from described(value)


def types_of(node):
    types = node.get("@type", [])
    return [types] if isinstance(types, str) else list(types)


def _node_problems(node, path, ids):
    types = types_of(node) or ids.get(node.get("@id"), [])
    if not types:
        yield f"{path or 'the block'}: neither a type nor something described elsewhere"
        return
    for name in types:
        yield from _term_problems(name, TYPES, path)
    if "@id" in node and not ADDRESS.fullmatch(node["@id"]):
        yield f"{path}@id is no absolute address"
    all_types = set().union(*map(supertypes, types))
    for name, value in node.items():
        if name in ("@type", "@id"):
            continue
        here = f"{path}{name}"
        # schema.org/docs/actions.html: a property that the reader fills in.
        base = name.removesuffix("-input") if "Action" in all_types else name
        unfit = list(_term_problems(base, PROPERTIES, here))
        if not unfit and not all_types & set(PROPERTIES[base]["on"]):
            unfit = [f"{here}: not a property of {', '.join(types)}"]
        yield from unfit
        if unfit or base != name:
            continue
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            yield from _value_problems(item, base, f"{here}[{number}]", ids)
        if value == []:
            yield f"{here}: empty"


def _term_problems(name, terms, path):
    term = terms.get(name)
    if term is None:
        yield f"{path}: {name} is no term of schema.org, or is not in the file of this test"
    elif "superseded_by" in term:
        yield f"{path}: {name} is superseded by {term['superseded_by']}"
    elif term.get("pending") and name not in PENDING_IN_USE:
        yield f"{path}: {name} is pending"


def _value_problems(value, name, path, ids):
    takes = set(PROPERTIES[name]["takes"])
    if isinstance(value, dict):
        yield from _node_problems(value, f"{path}.", ids)
        types = types_of(value) or ids.get(value.get("@id"), [])
        if types and not takes & set().union(*map(supertypes, types)):
            yield f"{path}: takes {', '.join(sorted(takes))}, not {', '.join(types)}"
    elif not _is_literal(value, takes, name):
        yield f"{path}: {value!r} is no {' or '.join(sorted(takes))}"


def _is_literal(value, takes, name):
    if isinstance(value, bool):
        return "Boolean" in takes
    if isinstance(value, int | float):
        return bool(takes & {"Number", "Float"} or ("Integer" in takes and isinstance(value, int)))
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        return False
    checks = {"URL": ADDRESS.fullmatch, "Date": _is_date, "DateTime": _is_date_time, "Time": TIME.fullmatch}
    if "Text" in takes:
        return True
    if any(value in {f"https://schema.org/{member}" for member in MEMBERS.get(kind, ())} for kind in takes):
        return True
    # The item of a ListItem is given by its address, as in every example of schema.org/BreadcrumbList.
    if name == "item":
        return bool(ADDRESS.fullmatch(value))
    return any(checks[kind](value) for kind in takes & set(checks))


def _is_date(value):
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return bool(YEAR.fullmatch(value))
    return True


def _is_date_time(value):
    try:
        return "T" in value and datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
