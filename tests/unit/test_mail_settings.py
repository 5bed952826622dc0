"""Settings of the mail that cannot be are refused with a sentence that says what to do."""

import pytest

from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError

GOOD = {"ARGINE_SMTP_HOST": "mail.example", "ARGINE_MAIL_FROM": "noreply@desk.example"}


def test_two_settings_are_enough() -> None:
    config = read(GOOD)
    assert config.sends_mail
    assert (config.smtp_port, config.smtp_security) == (587, "starttls")
    assert not read({}).sends_mail


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ARGINE_MAIL_FROM": ""}, "MAIL_FROM"),
        ({"ARGINE_MAIL_FROM": "A Desk <a@b.example>"}, "MAIL_FROM"),
        ({"ARGINE_MAIL_FROM": "a@b.example\r\nBcc: c@d.example"}, "MAIL_FROM"),
        ({"ARGINE_SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
        ({"ARGINE_SMTP_PORT": "65536"}, "SMTP_PORT"),
        ({"ARGINE_SMTP_PORT": "smtp"}, "SMTP_PORT"),
        ({"ARGINE_SMTP_USER": "desk"}, "SMTP_PASSWORD_FILE"),
        ({"ARGINE_SMTP_PASSWORD_FILE": "/etc/password"}, "SMTP_USER"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        read({**GOOD, **changes})
