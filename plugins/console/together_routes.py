"""The routes of several people at one conversation: ``routes.py`` has them with all others."""

from __future__ import annotations

from plugins.console.api import guests, snooze
from plugins.console.roles import LEADS, PEOPLE
from plugins.console.shapes import ConversationShape
from plugins.console.table import Route

ONE = "/conversations/{id}"
ROUTES = (
    Route(
        "POST",
        f"{ONE}/snooze",
        PEOPLE,
        snooze.snooze,
        body=snooze.Snooze,
        gives=ConversationShape,
    ),
    Route("POST", f"{ONE}/wake", PEOPLE, snooze.wake, gives=ConversationShape),
    Route(
        "POST", f"{ONE}/consult", PEOPLE, guests.consult, body=guests.Consult, gives=guests.Guests
    ),
    Route("POST", f"{ONE}/watch", LEADS, guests.watch, body=guests.Watch, gives=guests.Guests),
    Route(
        "POST", f"{ONE}/whisper", LEADS, guests.whisper, body=guests.Whisper, gives=guests.Guests
    ),
    Route("DELETE", f"{ONE}/guests/{{login}}", PEOPLE, guests.dismiss, gives=guests.Guests),
)
