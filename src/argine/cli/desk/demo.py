"""`argine demo`: a desk with made-up cases."""

import click
from django.conf import settings

from argine.cli.desk.up import serve
from argine.cli.exits import CommandError, Exit
from argine.desk.cases.models import Case
from argine.desk.demo.seed import TEAM, Story, seed
from argine.desk.people.queries import has_staff
from argine.desk.serve.prepare import prepare

MARK = "demo.txt"


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--seed-only", is_flag=True, help="Fill the folder and end, without starting the desk.")
def command(host: str, port: int, *, seed_only: bool) -> None:
    """Start Argine over a folder with made-up cases. Give it a folder of its own with --data."""
    _fill()
    if not seed_only:
        serve(host, port, faces=None, workers=2)


def _fill() -> None:
    mark = settings.CONFIG.data / MARK
    prepare()
    if not mark.exists():
        if Case.objects.exists() or has_staff():
            message = (
                f"The folder {settings.CONFIG.data} holds a real desk. Give the demo a folder of its own: --data demo"
            )
            raise CommandError(message, Exit.REFUSED)
        click.echo("Filling the demo: a dozen made-up cases, their pictures and a film drawn by code ...", err=True)
        mark.write_text(_guide(*seed()))
        mark.chmod(0o600)
    click.echo(mark.read_text())


def _guide(password: str, story: Story) -> str:
    lines = ["This desk is a demo. Staff (the password is the same for all):"]
    lines += [f"  {role.value:<11}{email}" for _, email, role in TEAM]
    lines += [f"  password   {password}", "", "Case codes of the people who reported, to open their status pages:"]
    lines += [f"  case {number:<3} {code}" for number, code in sorted(story.codes.items())]
    return "\n".join(lines) + "\n"
