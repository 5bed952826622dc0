"""A module for Synapse, the Matrix homeserver: asks a desk about every file that is uploaded or fetched.

    modules:
      - module: argine.connect.synapse.MediaCheck
        config: {address: "https://desk.example.org", key: "@/etc/synapse/argine.key", fail: open}

It needs the Python that Synapse runs in, with this package and nothing else of ours. Synapse is under the AGPL; this
module talks to it by its module API only. Encrypted files are noise to everybody but their readers: they pass, and
nothing about them is known.
"""

from collections.abc import Mapping
from typing import Any

import synapse.module_api as matrix
from synapse.module_api.errors import Codes, ConfigError

from argine.connect.asker import Asker, Checked
from argine.connect.client import Content
from argine.connect.errors import ConnectError
from argine.connect.policy import Do
from argine.connect.settings import Settings
from argine.connect.spool import spool

# Synapse has 10 threads for everything that waits; some must be left.
FEW_THREADS = {"most_at_once": 4, "most_waiting": 4}
ENCRYPTED = "not_compared must be accept: encrypted files cannot be compared, and every one would be refused."


class MediaCheck:
    """Synapse makes one, with what `parse_config` gave."""

    def __init__(self, config: Settings, api: "matrix.ModuleApi") -> None:
        self.api, self.asker = api, Asker(config, "synapse")
        api.register_spam_checker_callbacks(check_media_file_for_spam=self.check_media_file_for_spam)

    @staticmethod
    def parse_config(config: Mapping[str, object]) -> Settings:
        """Read the module's part of homeserver.yaml: see `Settings.read`.

        Raises:
            ConfigError: something is missing or wrong. Synapse then does not start, and says so.
        """
        try:
            settings = Settings.read({**FEW_THREADS, **config})
        except (ConnectError, OSError) as error:
            raise ConfigError(f"argine: {error}") from error
        if settings.rules.not_compared is Do.REFUSE:
            raise ConfigError(f"argine: {ENCRYPTED}")
        return settings

    async def check_media_file_for_spam(self, file_wrapper: Any, file_info: Any) -> Any:  # noqa: ANN401  # Synapse's
        """Say whether a file may be kept. Thumbnails are made of files that were looked at, so they are not."""
        if file_info.thumbnail is not None:
            return matrix.NOT_SPAM
        server = file_info.server_name or self.api.server_name
        with spool() as file:
            await file_wrapper.write_chunks_to(file.write)
            content = Content(f"mxc://{server}/{file_info.file_id}")
            checked: Checked = await self.api.defer_to_thread(self.asker.ask, file, content)
        return matrix.NOT_SPAM if checked.accepted else Codes.FORBIDDEN
