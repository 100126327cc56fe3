"""Searches as patients type them: the right page is among the first three. `pytest -rP` prints the ranking.

Sixty were written before there was a search, by somebody who did not write the search. Twenty more were written by
somebody who had seen neither, and tried once, after the tuning. Neither table is ever changed to fit.
"""

import tomllib
from pathlib import Path

import pytest
from django.test import Client

from tests.content.reading import Soup, by_class, links
from tests.content.sample_site import seeded, seeded_once

__all__ = ["seeded", "seeded_once"]
HERE = Path(__file__).parent
FIRST = 3


def ranks(table):
    """{query: (place of the first right page or 0, the first pages)}, through the page as a browser gets it."""
    client = Client()
    found = {}
    for entry in tomllib.loads((HERE / table).read_text(encoding="utf-8"))["queries"]:
        root = Soup.parse(client.get("/search/", {"q": entry["q"]}).content.decode())
        pages = [links(item)[0].partition("#")[0] for block in by_class(root, "results") for item in block]
        places = [place for place, page in enumerate(pages, start=1) if page in entry["right"]]
        found[entry["q"]] = (min(places, default=0), pages[:FIRST])
    return found


@pytest.mark.parametrize(
    ("table", "queries", "least"), [("search_queries.toml", 60, 58), ("search_queries_unseen.toml", 20, 17)]
)
def test_the_right_page_is_among_the_first_three(seeded, table, queries, least):
    found = ranks(table)
    for query, (place, pages) in found.items():
        print(f"{place or '-':>3}  {query:45} {'  '.join(pages)}")  # noqa: T201
    right = [query for query, (place, _pages) in found.items() if 1 <= place <= FIRST]
    first = [query for query, (place, _pages) in found.items() if place == 1]
    print(f"{len(right)} of {len(found)} among the first three, {len(first)} of them first")  # noqa: T201
    assert len(found) == queries
    assert len(right) >= least, sorted(set(found) - set(right))
