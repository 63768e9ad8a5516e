"""A mail server of the tests' own, which keeps what it is given."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from tests.services.processes import free_port


class MailServer:
    """:ivar refusals: what it answers to receivers, by their address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusals: dict[str, str] = {}
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    async def handle_RCPT(self, *told: Any) -> str:  # noqa: N802 -- the hook
        _, _, envelope, address, _ = told
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *told: Any) -> str:  # noqa: N802 -- the hook
        _, _, envelope = told
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(parsed)
        return "250 OK"

    def texts(self) -> list[str]:
        return [part(mail, "plain") for mail in self.mails]


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def subject_of(mail: EmailMessage) -> str:
    """On one line, as it is read."""
    return " ".join(str(mail["Subject"]).split())
