"""Shared by all tests."""

from django.conf import settings


def pytest_configure():
    # The hashed manifest exists only after collectstatic; fast hashing because no test guards a real password.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
