"""The same picture, chosen by several people at the same moment: stored once, and everybody is led to it."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from clinic import picture_forms
from clinic.models import Image
from tests.clinic.pictures import picture, upload
from tests.factories import make_clinic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
RACERS = 4


def test_the_same_picture_at_once(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    make_clinic()
    boss = get_user_model().objects.create_superuser("boss")
    clients = [Client() for _racer in range(RACERS)]
    for client in clients:
        client.force_login(boss)
    barrier, answers, errors = threading.Barrier(RACERS), [], []
    store = picture_forms.store_before_transaction

    def stored_together(file):
        # The slow work takes turns; all of them save at the same moment.
        store(file)
        barrier.wait(60)

    monkeypatch.setattr("clinic.image_admin.store_before_transaction", stored_together)

    def run(number):
        try:
            connection.ensure_connection()
            fields = {"file": upload(picture((200, 200))), "alt": f"Words of number {number}"}
            answers.append(clients[number].post(reverse("admin:clinic_image_add"), fields))
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert sorted(answer.status_code for answer in answers) == [200] * (RACERS - 1) + [302]
    led = [answer.text for answer in answers if answer.status_code == 200]
    assert all("This picture is in the library already" in text for text in led)
    # Whoever came later still has the words that were typed.
    assert len({text.partition('value="Words of number ')[2][:1] for text in led}) == RACERS - 1
    assert Image.objects.count() == 1
