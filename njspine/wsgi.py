"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "njspine.settings")


def with_plain_content_type(application):
    """The WSGI application, told nothing of a request's Content-Type but the type and the boundary of its parts.

    Django decodes query and form with any codec of Python's that a `charset=` names, before the first middleware runs:
    some of those are no codecs for text, others make half characters that no database takes. Our pages are UTF-8.
    """

    def wrapped(environ, start_response):
        if ";" in environ.get("CONTENT_TYPE", ""):
            environ = environ | {"CONTENT_TYPE": plain_content_type(environ["CONTENT_TYPE"])}
        return application(environ, start_response)

    return wrapped


def plain_content_type(value):
    """`multipart/form-data; boundary=x` of a Content-Type with any parameters; the bare type when there is none."""
    kind, *parameters = (part.strip() for part in value.split(";"))
    boundaries = [parameter for parameter in parameters if parameter.lower().startswith("boundary=")]
    return "; ".join([kind, *boundaries[:1]])


application = with_plain_content_type(get_wsgi_application())
