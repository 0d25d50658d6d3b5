"""What only PostgreSQL has: the list of open work, and whose a row on its way out is.

``work`` holds one narrow row for each accepted message that is not finished, kept by triggers, so
that no statement and no command can forget it; claiming never looks at the ledger itself.
``holder`` is the number of the process that has taken a row; the engine knows which of them live
(see :mod:`core.store.session`). Its unique index promises that a conversation is in one hand.
"""

from __future__ import annotations

from tortoise.migrations.schema_editor.base import BaseSchemaEditor

TABLES = """
CREATE TABLE work (
    conversation_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    holder INT NOT NULL DEFAULT 0,
    taken INT NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation_id, message_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE UNIQUE INDEX work_held ON work (conversation_id) WHERE holder <> 0;

CREATE FUNCTION keep_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'accepted' THEN
        INSERT INTO work (conversation_id, message_id) VALUES (NEW.conversation_id, NEW.id)
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM work WHERE conversation_id = NEW.conversation_id AND message_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER message_arrives AFTER INSERT ON message
    FOR EACH ROW WHEN (NEW.state = 'accepted') EXECUTE FUNCTION keep_work();
CREATE TRIGGER message_moves AFTER UPDATE OF state ON message
    FOR EACH ROW WHEN (OLD.state <> NEW.state AND 'accepted' IN (OLD.state, NEW.state))
    EXECUTE FUNCTION keep_work();
INSERT INTO work (conversation_id, message_id)
    SELECT conversation_id, id FROM message WHERE state = 'accepted';

ALTER TABLE message ADD COLUMN holder INT;
CREATE FUNCTION note_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.holder := nullif(current_setting('xiaoer.holder', true), '')::INT;
    RETURN NEW;
END $$;
CREATE TRIGGER message_leaves BEFORE INSERT OR UPDATE OF state ON message
    FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION note_holder();

CREATE TABLE pace (channel VARCHAR(64) PRIMARY KEY, sent TIMESTAMPTZ[] NOT NULL);
"""


async def create(_apps: object, editor: BaseSchemaEditor) -> None:
    """Make them, where the engine is PostgreSQL."""
    if editor.client.capabilities.dialect == "postgres":
        await editor.client.execute_script(TABLES)


async def drop(_apps: object, editor: BaseSchemaEditor) -> None:
    """Undo :func:`create`."""
    if editor.client.capabilities.dialect == "postgres":
        await editor.client.execute_script(
            "DROP TRIGGER message_arrives ON message; DROP TRIGGER message_moves ON message; "
            "DROP TRIGGER message_leaves ON message; DROP FUNCTION keep_work; "
            "DROP FUNCTION note_holder; DROP TABLE work; DROP TABLE pace; "
            "ALTER TABLE message DROP COLUMN holder"
        )
