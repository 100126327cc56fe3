"""Whatever became of a stored version, staff can look at it, compare it, check it and go on from it: never a 500."""

import pytest
from django.db import transaction
from django.urls import reverse

from content.drafts import SCHEMA, draft_data, readable, upgraded
from content.editing.preview_links import link_to
from content.models import Page, PageVersion
from content.states import VersionKind
from tests.content.factories import (
    make_article,
    make_condition,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
)
from tests.content.reading import change_url
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_reviewer, make_superuser

pytestmark = pytest.mark.django_db
GONE = object()
WHOLE = ("x", {"a": 1})
PARTS = [
    *((name, GONE) for name in ("kind", "own", "sections", "flags", "slug")),
    *((name, 5) for name in ("sections", "flags", "title", "terms")),
    *((name, [{}]) for name in ("sections", "flags", "sources")),
    ("related", [10**30]),
    ("author", "x"),
    ("reviewer", {"name": "A", "slug": "a b"}),
    ("rated_treatments", [{"treatment_id": 10**30, "name": "n", "rating": "zz", "text": "t"}]),
    ("sections", [{"key": "symptoms", "image": {"digest": "x"}, "number": 10**9, "drawing": "zz"}]),
    ("last_reviewed", "2026-13-45"),
    ("kind", "nope"),
    ("slug", "a/b"),
]


@pytest.fixture
def boss(client):
    make_clinic()
    client.force_login(make_superuser())
    client.raise_request_exception = False
    return client


def damaged(page, data, kind=VersionKind.PUBLISHED):
    number = page.versions.count() + 1
    return PageVersion.objects.create(
        page=page, number=number, kind=kind, schema=SCHEMA, data=data, why="", created_at=MONDAY_NOON
    )


def cases():
    yield from (("all", value) for value in WHOLE)
    yield from PARTS


def with_damage(page, name, value):
    data = draft_data(page.pk)
    if name == "all":
        return value
    if value is GONE:
        return {key: kept for key, kept in data.items() if key != name}
    return data | {name: value}


def addresses(page, version):
    def at(name):
        return reverse(f"admin:content_condition_{name}", args=[page.pk])

    number = version.number
    yield from (at(name) for name in ("history", "check", "change", "export"))
    yield f"{at('compare')}?old=1&new={number}"
    yield f"{at('preview')}?version={number}&on=2026-11-23T18:00:00Z"
    yield f"{at('as_of')}?on=2026-11-23T18:00"
    yield link_to(version, now=MONDAY_NOON).path
    yield reverse("admin:content_pageversion_change", args=[version.pk])


def test_nothing_that_reads_versions_falls_over(boss, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    page = make_condition(published=True)
    failed = []
    for name, value in cases():
        with transaction.atomic():
            version = damaged(page, with_damage(page, name, value))
            for url in addresses(page, version):
                answer = boss.get(url)
                b"".join(answer.streaming_content) if answer.streaming else answer.content
                if answer.status_code >= 500:
                    failed.append((name, value, url))
            restore = reverse("admin:content_condition_restore", args=[page.pk])
            if boss.post(restore, {"version": version.number}).status_code >= 500:
                failed.append((name, value, restore))
            transaction.set_rollback(True)
    assert not failed


@pytest.mark.parametrize("make", [make_condition, make_treatment, make_article, make_info, make_glossary])
def test_sound_versions_come_back_equal(make):
    make_clinic()
    publish_flags()
    data = draft_data(make().pk)
    assert readable(data) == upgraded(data)


def test_patients_never_read_a_damaged_page(client):
    make_clinic()
    page = make_condition(published=True)
    data = {name: value for name, value in draft_data(page.pk).items() if name != "flags"}
    Page.objects.filter(pk=page.pk).update(live_version=damaged(page, data))
    client.raise_request_exception = False
    assert client.get(page.get_absolute_url()).status_code == 500
    client.force_login(make_reviewer())
    assert client.get(change_url(page)).status_code == 200
