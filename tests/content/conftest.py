"""What reads pages, and what presses buttons."""

import pytest

from tests.content.reading import Soup, form_data
from tests.staff import make_publisher


@pytest.fixture
def soup():
    return Soup


@pytest.fixture
def visit(client, soup):
    """The public page at a path, parsed; it must be there."""

    def visit(path):
        answer = client.get(path)
        assert answer.status_code == 200, path
        return soup.parse(answer.content.decode())

    return visit


@pytest.fixture
def editor(client):
    """The client, signed in as somebody who writes and publishes pages."""
    client.force_login(make_publisher())
    return client


@pytest.fixture
def press(editor, soup):
    """Opens a form of the admin, changes some fields, presses a button; the page that follows."""

    def press(url, button, **changes):
        data = form_data(soup.parse(editor.get(url).content.decode()))
        return editor.post(url, data | changes | {button: "Go"}, follow=True)

    return press
