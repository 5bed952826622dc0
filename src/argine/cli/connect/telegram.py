"""`argine connect telegram`: for the admins of Telegram groups."""

import asyncio
import os
from typing import Unpack

import click

from argine.cli.connect.options import Given, asker_of, place_of, shared, start_log
from argine.cli.exits import CommandError, Exit
from argine.connect.address import text_or_file
from argine.connect.asker import Asker
from argine.connect.policy import Fail
from argine.connect.serving import serve_metrics
from argine.connect.settings import MIB

try:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
    from aiogram.utils.token import TokenValidationError

    from argine.connect.telegram import POSTS, Guard

    READY = True
except ModuleNotFoundError:
    READY = False

TOKEN_VARIABLE = "ARGINE_TELEGRAM_TOKEN"  # noqa: S105  # its name
NOT_INSTALLED = "The bot needs one more package: pip install aiogram (in an environment of its own)."


@click.command("telegram")
@shared(None, Fail.OPEN, Fail.CLOSED)
@click.option(
    "--chat", "chats", type=int, multiple=True, required=True, help="Id of a group or channel; may be repeated."
)
@click.option("--token", metavar="TOKEN", help=f"The bot's token, or @FILE with it; else {TOKEN_VARIABLE} is read.")
@click.option("--api", metavar="URL", help="A Bot API server of your own, in place of Telegram's.")
def telegram_command(*, chats: tuple[int, ...], token: str | None, api: str | None, **given: Unpack[Given]) -> None:
    """Run a bot that deletes known pictures from groups whose admins have added it.

    It needs the right to delete messages. It looks at the chats that are named, and at no private one. With --fail
    closed, posts are deleted while the desk is away.
    """
    if not READY:
        raise CommandError(NOT_INSTALLED, Exit.REFUSED)
    asker = asker_of("telegram", given)
    start_log()
    guard = Guard(asker, chats, given["most_mib"] * MIB)
    server = PRODUCTION if api is None else TelegramAPIServer.from_base(api)
    try:
        bot = Bot(read_token(token), session=AiohttpSession(api=server))
    except TokenValidationError:
        raise CommandError("This is no token of a bot.", Exit.USAGE) from None
    asyncio.run(_poll(guard, bot, asker, given))


async def _poll(guard: "Guard", bot: "Bot", asker: Asker, given: Given) -> None:
    """Fetch posts until SIGINT or SIGTERM; as many at once as may ask or wait."""
    counts = None if given["metrics"] is None else await serve_metrics(place_of(given["metrics"]), asker)
    most = given["at_once"] + given["waiting"]
    click.echo(f"Looking at {len(guard.chats)} chats.", err=True)
    try:
        await guard.dispatcher().start_polling(bot, allowed_updates=list(POSTS), tasks_concurrency_limit=most)
    finally:
        if counts is not None:
            counts.close()
        await asyncio.to_thread(asker.close)


def read_token(given: str | None) -> str:
    """Take the token as it was given, from the file it names, or from the environment.

    Raises:
        CommandError: there is none. It is never repeated.
        OSError: the file cannot be read.
    """
    token = text_or_file(given or os.environ.get(TOKEN_VARIABLE, ""))
    if not token:
        raise CommandError(f"A bot has a token: --token TOKEN, --token @FILE, or {TOKEN_VARIABLE}.", Exit.USAGE)
    return token
