"""Who hears that a promise is nearly over, or broken: people by name, not everybody."""

from __future__ import annotations

from core.due import Due
from core.store.models import Contact
from plugins.console.fold import agent_of
from plugins.console.models import Staff, Thread
from plugins.console.settings import Ear, SlaSettings
from plugins.console.sla.clocks import Target
from plugins.console.sla.keep import WARN
from plugins.handoff.face import StaffRoom, tell_staff

AMBER, BREACH = "amber", "breach"
OWNER = "owner"


async def tell(
    due: Due, thread: Thread, target: Target, settings: SlaSettings, room: StaffRoom | None
) -> None:
    """Write it to the journal, with those it is for, and to the rooms that are named.

    ``room`` is told where nobody is named, or nobody named is there.
    """
    step = AMBER if due.data["step"] == WARN else BREACH
    ears = [ear for ear in settings.hears if ear.step == step and target.what in ear.what]
    people = await named(ears, agent_of(thread.owner))
    facts = {"conversation": thread.conversation_id, "what": str(target.what)}
    named_ones = {"to": people} if ears else {}
    kind = "sla.warned" if step == AMBER else "sla.breached"
    due.emit(kind, **facts, owner=thread.owner, **named_ones)
    rooms = [ear.room for ear in ears if ear.room is not None]
    contact = await Contact.get_or_none(id=thread.contact_id or 0)
    texts = due.texts
    for number, each in enumerate(rooms or ([] if people else [room])):
        tell_staff(
            due,
            each,
            f"console.sla_{due.data['step']}",
            key=f"sla:{due.key}:{due.due_at.timestamp():.0f}" + (f":{number}" if number else ""),
            conversation=thread.conversation_id,
            name=(contact.name if contact else "")
            or texts.render("handoff.visitor", texts.default),
            what=texts.render(f"console.sla_{target.what}", texts.default),
            owner=agent_of(thread.owner) or texts.render("console.sla_nobody", texts.default),
        )


async def named(ears: list[Ear], owner: str) -> list[str]:
    """The logins of those who are named, who are there at all."""
    wanted = {name for ear in ears for name in ear.staff}
    found = await Staff.filter(active=True).order_by("login") if wanted else []
    return [
        row.login
        for row in found
        if row.login in wanted
        or wanted & set(row.roles)
        or (OWNER in wanted and row.login == owner)
    ]
