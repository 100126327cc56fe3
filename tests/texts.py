"""A provider of text messages for tests: keeps what it was given, or fails in the way it was told."""

from clinic.text_backend import InboundRefused, InboundText, TextBackend

PATH = "tests.texts.Provider"
given = []
behaviour = []


class Provider(TextBackend):
    receives = True

    def send(self, to, body, message_id, timeout):
        if behaviour:
            behaviour[0]()
        given.append((to, body, message_id))

    def parse_inbound(self, request):
        if request.headers.get("X-Signature") != "right":
            raise InboundRefused
        return InboundText(number=request.POST["from"], body=request.POST["text"])


def switch_on(settings, fails_with=None):
    """Texts are on, with this provider; `fails_with` is an exception that every try raises."""
    given.clear()
    behaviour.clear()
    settings.TEXT_BACKEND = PATH
    if fails_with is not None:
        behaviour.append(lambda: raise_it(fails_with))


def raise_it(error):
    raise error
