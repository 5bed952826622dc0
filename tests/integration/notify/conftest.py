from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import LazySettings
from tests.smtp_server import Mailbox, serving

from argine.desk.config import Config
from argine.desk.notify.operations import deliver_next, follow, recover, start_following


def mail_config(config: Config, port: int, **more: object) -> Config:
    return replace(
        config,
        smtp_host="localhost",
        smtp_port=port,
        smtp_security="none",
        mail_from="noreply@desk.example",
        base_url="https://desk.example",
        platform_name="Example Forum",
        require_mfa="never",
        **more,  # type: ignore[arg-type]  # each test names fields of the settings
    )


@pytest.fixture
def mailbox(settings: LazySettings, db: None) -> Iterator[Mailbox]:
    """A mail server that the desk sends through, and a desk that begins to follow its log."""
    with serving(Mailbox()) as box:
        settings.CONFIG = mail_config(settings.CONFIG, box.port)
        start_following()
        yield box


def send_all() -> int:
    """Do as the courier does until nothing is left to do now; tell how many messages it took up."""
    count = 0
    while follow():
        pass
    recover()
    while deliver_next():
        count += 1
        assert count < 100
    return count
