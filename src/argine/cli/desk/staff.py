"""`argine staff`: the people who work at the desk, and the way back in for who is locked out.

Whoever may run this command can read the data folder anyway, so it asks for no password. Each change is logged under
the number of the account, never its name or e-mail address.
"""

import secrets

import click
from django.conf import settings
from mnemonic import Mnemonic

from argine.cli.desk.folder import changes_desk, makes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, wants_json
from argine.desk.core import time
from argine.desk.core.actor import SHELL
from argine.desk.core.errors import InvalidError
from argine.desk.people import operations, queries
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff

WORDS = 6  # of 2,048 each: 66 bits
ROLES = click.Choice([role.value for role in Role])
FACTORS = {"totp": "app", "webauthn": "passkey", "recovery_codes": "recovery codes"}


@click.group("staff")
def command() -> None:
    """Staff make their accounts by a one-time link, and log in at the console.

    reviewer: sees cases and decides. supervisor: also replaces decisions, sees the log, manages banks. operator: also
    invites people and makes platform keys.
    """


@command.command("invite")
@click.option("--role", type=ROLES, required=True, help="What the new member of staff may do.")
@click.option("--base-url", default=None, help="The address people use, if it is not the one in ARGINE_BASE_URL.")
@json_option
@makes_desk
def invite(role: str, base_url: str | None, *, as_json: bool) -> None:
    """Make a one-time link. Whoever opens it makes an account: hand it over on a safe way."""
    token = operations.invite(Role(role), by=SHELL)
    link = f"{(base_url or settings.CONFIG.base_url).rstrip('/')}/console/welcome/{token}"
    if wants_json(as_json=as_json):
        json_line({"role": role, "link": link, "hours": operations.INVITATION_HOURS})
    else:
        click.echo(f"This link makes one {role}'s account, for {operations.INVITATION_HOURS} hours:\n  {link}")


@command.command("list")
@json_option
@reads_desk
def list_staff(*, as_json: bool) -> None:
    """Show who works at the desk: role, whether they are let in, and their second factors."""
    factors = queries.second_factors()
    records = [_record(person, factors.get(person.pk, [])) for person in queries.staff()]
    if wants_json(as_json=as_json):
        for record in records:
            json_line(record)
        return
    rows = [
        (record["email"], record["name"], record["role"], "yes" if record["active"] else "no",
         record["second_factors"] or "none", record["last_login"] or "never")
        for record in records
    ]  # fmt: skip
    if not rows:
        click.echo("Nobody has an account yet. `argine staff invite --role operator` makes a link.", err=True)
    columns([("E-MAIL", "NAME", "ROLE", "LET IN", "SECOND FACTORS", "LAST LOG-IN"), *rows])


def _record(person: Staff, factors: list[str]) -> dict[str, object]:
    return {
        "id": person.pk,
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "active": person.is_active,
        "second_factors": ", ".join(sorted({FACTORS.get(kind, kind) for kind in factors})),
        "joined_at": time.iso(person.joined_at),
        "last_login": time.iso(person.last_login) if person.last_login else None,
    }


@command.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
@changes_desk
def change_role(email: str, role: str) -> None:
    """Give a member of staff another role."""
    operations.change_role(queries.find_staff(email), Role(role), by=SHELL)
    click.echo(f"Done: the role is now {role}.", err=True)


@command.command("deactivate")
@click.argument("email")
@changes_desk
def deactivate(email: str) -> None:
    """Let a member of staff in no more; their sessions end, and the one-time links that they made."""
    operations.set_active(queries.find_staff(email), active=False, by=SHELL)
    click.echo("Done: not let in any more.", err=True)


@command.command("activate")
@click.argument("email")
@changes_desk
def activate(email: str) -> None:
    """Let a member of staff in again."""
    operations.set_active(queries.find_staff(email), active=True, by=SHELL)
    click.echo("Done: let in again.", err=True)


@command.command("reset-mfa")
@click.argument("email")
@changes_desk
def reset_mfa(email: str) -> None:
    """Take app, passkeys and recovery codes away, for who has lost them.

    Make sure that it is they who ask. Their sessions end. Until they add a new second factor, their password alone lets
    them in.
    """
    count = operations.reset_second_factor(queries.find_staff(email), by=SHELL)
    if count:
        click.echo("Done: the password alone lets in now, until a new second factor is added at Account.", err=True)
    else:
        click.echo("There was no second factor to take away.", err=True)


@command.command("reset-password")
@click.argument("email")
@click.option("--ask", is_flag=True, help="Ask for the new password, so that its owner can type it here.")
@json_option
@changes_desk
def reset_password(email: str, *, ask: bool, as_json: bool) -> None:
    """Give somebody who has forgotten their password a new one, made of words and told once.

    What they have open ends. Second factors stay. At the next log-in nothing else opens until they have chosen a
    password of their own, whether you or they typed this one.
    """
    person = queries.find_staff(email)
    password = click.prompt("New password", hide_input=True, confirmation_prompt=True) if ask else _new_password()
    try:
        operations.set_password(person, password, by=SHELL)
    except InvalidError as error:
        raise CommandError(error.fields["password"], Exit.BAD_INPUT) from error
    if ask:
        click.echo("Done: the new password counts until the log-in, at which its owner chooses another.", err=True)
    elif wants_json(as_json=as_json):
        json_line({"password": password})
    else:
        click.echo(f"The new password, told once. At the log-in its owner has to choose another:\n  {password}")


def _new_password() -> str:
    words = Mnemonic("english").wordlist
    return "-".join(secrets.choice(words) for _ in range(WORDS))
