"""A real SMTP server for tests, which answers as it is told."""

import asyncio
import contextlib
import email
import email.policy
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

CERTIFICATE = Path(__file__).parent / "mail_server.pem"
DRIP_SECONDS = 0.02


@dataclass
class Answers:
    """What the server says, "" for what a sound one says; None: it hangs up. `data` is its answer to the whole text,
    `begin` that to the word DATA. `silent_at`: a command that is never answered; `drips_at`: one that is answered
    letter by letter without end. `only_for`: everybody else's recipient and text are answered as by a sound one.
    """

    ehlo: str | None = ""
    starttls: str | None = ""
    mail: str | None = "250 OK"
    rcpt: str | None = "250 OK"
    begin: str | None = ""
    data: str | None = "250 OK"
    quit: str | None = ""
    silent_at: str = ""
    drips_at: str = ""
    only_for: str = ""


@dataclass
class MailServer:
    """`read` holds every message it got whole, `accepted` those that got their 250. The handle_ names: aiosmtpd."""

    answers: Answers = field(default_factory=Answers)
    accepted: list = field(default_factory=list)
    read: list = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return await self.answer("mail", server)  # before any recipient

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return await self.answer("rcpt", server, [address])

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.read.append(message)
        answer = await self.answer("data", server, envelope.rcpt_tos)
        if answer.startswith("250"):
            self.accepted.append(message)
        return answer

    async def answer(self, command, server, recipients=()):
        answers = self.answers
        if recipients and answers.only_for and answers.only_for not in recipients:
            answers = Answers()
        if answers.silent_at == command:
            await asyncio.sleep(3600)
        while answers.drips_at == command:
            server.transport.write(b"2")
            await asyncio.sleep(DRIP_SECONDS)
        answer = getattr(answers, command)
        if answer is None:
            server.transport.abort()
            await asyncio.sleep(3600)
        return answer


class Talk(SMTP):
    """The commands that aiosmtpd lets no handler answer."""

    async def smtp_EHLO(self, arg):
        await self._as_told("ehlo", super().smtp_EHLO, arg)

    async def smtp_HELO(self, arg):
        await self._as_told("ehlo", super().smtp_HELO, arg)

    async def smtp_STARTTLS(self, arg):
        await self._as_told("starttls", super().smtp_STARTTLS, arg)

    async def smtp_DATA(self, arg):
        await self._as_told("begin", super().smtp_DATA, arg, self.envelope.rcpt_tos)

    async def smtp_QUIT(self, arg):
        await self._as_told("quit", super().smtp_QUIT, arg)

    async def _as_told(self, command, soundly, arg, recipients=()):
        answer = await self.event_handler.answer(command, self, recipients)
        if answer:
            await self.push(answer)
        else:
            await soundly(arg)


class Server(Controller):
    def factory(self):
        return Talk(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def mail_server(*, port=None, encrypts=False, **answers):
    """A MailServer, on a free port unless told. One that encrypts shows a certificate that nobody trusts."""
    handler = MailServer(Answers(**answers))
    encryption = {}
    if encrypts:
        encryption["tls_context"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        encryption["tls_context"].load_cert_chain(CERTIFICATE)
    controller = Server(handler, hostname="127.0.0.1", port=port or free_port(), ready_timeout=20, **encryption)
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()


@contextlib.contextmanager
def greeting_server(greeting=b"", *, drips=False, port=0):
    """Takes connections, says `greeting`, and nothing ever after, or its last letter for ever. Yields its port."""
    with socket.create_server(("127.0.0.1", port)) as listening, contextlib.ExitStack() as taken:

        def greet():
            with contextlib.suppress(OSError):
                while True:
                    connected = taken.enter_context(listening.accept()[0])
                    connected.sendall(greeting)
                    with contextlib.suppress(OSError):
                        while drips and not over.is_set():
                            connected.sendall(greeting[-1:])
                            time.sleep(DRIP_SECONDS)

        over = threading.Event()
        greeter = threading.Thread(target=greet, daemon=True)
        greeter.start()
        yield listening.getsockname()[1]
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        greeter.join()


@contextlib.contextmanager
def crowded_server():
    """A port whose queue is full: a connection to it is neither made nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening, contextlib.ExitStack() as crowd:
        for _ in range(3):
            waiting = crowd.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
