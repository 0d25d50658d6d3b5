"""What all processes of a shop may know and nobody else: kept in the channel's notes, sealed."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from adapters._weixin.corp import CorpSettings


class Seal:
    """Seals with the secret of the app itself: whoever has that needs nothing from a note."""

    def __init__(self, settings: CorpSettings) -> None:
        """Another secret opens nothing of this one's."""
        secret = f"{settings.corp_id}:{settings.secret.get_secret_value()}"
        key = hashlib.sha256(secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, data: bytes) -> str:
        """The note."""
        return self._fernet.encrypt(data).decode()

    def open(self, note: str) -> bytes | None:
        """What is in a note; ``None`` where there is none, or one of another secret."""
        try:
            return self._fernet.decrypt(note.encode()) if note else None
        except InvalidToken:
            return None
