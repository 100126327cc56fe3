"""A real SMTP server for tests, which answers as it is told."""

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller


@dataclass
class Answers:
    """What the server says. None: hang up instead of an answer. `silent_at`: a command that is never answered."""

    mail: str | None = "250 OK"
    rcpt: str | None = "250 OK"
    data: str | None = "250 OK"
    silent_at: str = ""


@dataclass
class MailServer:
    """`read` holds every message it got whole, `accepted` those that got their 250. The handle_ names: aiosmtpd."""

    answers: Answers = field(default_factory=Answers)
    accepted: list = field(default_factory=list)
    read: list = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return await self.answer("mail", server)

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return await self.answer("rcpt", server)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.read.append(message)
        answer = await self.answer("data", server)
        if answer.startswith("250"):
            self.accepted.append(message)
        return answer

    async def answer(self, command, server):
        if self.answers.silent_at == command:
            await asyncio.sleep(3600)
        answer = getattr(self.answers, command)
        if answer is None:
            server.transport.abort()
            await asyncio.sleep(3600)
        return answer


@contextlib.contextmanager
def mail_server(**answers):
    handler = MailServer(Answers(**answers))
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), ready_timeout=20)
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()


@contextlib.contextmanager
def greeting_server(greeting=b""):
    """Takes connections, says `greeting`, and nothing ever after. Yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening, contextlib.ExitStack() as taken:

        def greet():
            with contextlib.suppress(OSError):
                while True:
                    connected = taken.enter_context(listening.accept()[0])
                    connected.sendall(greeting)

        greeter = threading.Thread(target=greet, daemon=True)
        greeter.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        greeter.join()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
