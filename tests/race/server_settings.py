"""The site's own settings but for hashed static files: to squeeze them takes longer than a race, and nobody looks."""

from njspine.settings import *  # noqa: F403

STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
