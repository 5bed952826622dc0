"""A bot for Telegram groups whose admins have added it: asks a desk about what is posted, and deletes what may not be.

Needs the package `aiogram`. It sees the groups and channels that are named to it, and nothing else: no private chat, no
group that somebody else has put it into. A bot cannot stop a post, only delete it, some moments later.
"""

import logging
from collections.abc import Sequence
from typing import BinaryIO, Protocol, cast

from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError
from aiogram.types import Message

from argine.connect.asker import Asker, Checked
from argine.connect.client import Content
from argine.connect.policy import Judgement, Outcome, Reason
from argine.connect.spool import spool

DOWNLOAD_S = 60
POSTS = ("message", "edited_message", "channel_post", "edited_channel_post")

log = logging.getLogger("argine.connect")


class Media(Protocol):
    """A file as Telegram names it; its size may not be known."""

    file_id: str
    file_size: int | None


class Guard:
    """Looks at the posts of some chats.

    Args:
        chats: ids of groups and channels.
        most_bytes: a larger file is not fetched. Telegram's own servers hand bots at most 20 MB.
    """

    def __init__(self, asker: Asker, chats: Sequence[int], most_bytes: int) -> None:
        self.asker, self.chats, self.most_bytes = asker, frozenset(chats), most_bytes
        self._strange: set[int] = set()

    def dispatcher(self) -> Dispatcher:
        """Make what hands posts to this guard."""
        dispatcher = Dispatcher()
        for observer in POSTS:
            dispatcher.observers[observer].register(self.look)
        return dispatcher

    async def look(self, message: Message, bot: Bot) -> None:
        """Ask about a post's media; delete the post if they are not let in."""
        media = media_of(message)
        if media is None or message.chat.type == "private":
            return
        if message.chat.id not in self.chats:
            self._tell_strange(message.chat.id)
            return
        checked = await self._check(media, message, bot)
        if checked.judgement is Judgement.ACCEPT:
            return
        try:
            await bot.delete_message(message.chat.id, message.message_id)
        except AiogramError as error:
            log.warning(
                "telegram: a post could not be deleted (%s): may the bot delete messages?", type(error).__name__
            )

    async def _check(self, media: Media, message: Message, bot: Bot) -> Checked:
        if (media.file_size or 0) > self.most_bytes:
            return self.asker.unasked(Outcome.UNREADABLE)
        content = Content(f"telegram-{message.chat.id}-{message.message_id}", message.get_url(force_private=True) or "")
        with spool() as file:
            try:
                await bot.download(media, cast("BinaryIO", file), timeout=DOWNLOAD_S)
            except (AiogramError, OSError, TimeoutError):
                return self.asker.unasked(Outcome.AWAY, Reason.UNREACHABLE)
            return await self.asker.ask_soon(file, content)

    def _tell_strange(self, chat: int) -> None:
        """Name a chat that is not looked at, once, so that its admin can add it."""
        if chat not in self._strange:
            self._strange.add(chat)
            log.warning("telegram: the bot is in the chat %d, which is not among --chat: it is not looked at", chat)


def media_of(message: Message) -> Media | None:
    """Give what a post shows: of a picture the largest size that Telegram has."""
    first: Media | None = message.photo[-1] if message.photo else None
    return first or message.animation or message.video or message.video_note or message.document or message.sticker
