"""The tables of a channel's memory, and how those of an earlier version become them."""

VERSION = 3
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY,
    last_number INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversation,
    client_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'handling', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    received_at REAL NOT NULL,
    UNIQUE (conversation, client_id)
);
CREATE INDEX IF NOT EXISTS inbox_order ON inbox (conversation, position);
CREATE INDEX IF NOT EXISTS inbox_unfinished ON inbox (conversation, position)
    WHERE status IN ('queued', 'handling');
CREATE VIEW IF NOT EXISTS unfinished AS SELECT * FROM inbox WHERE status IN ('queued', 'handling');
CREATE TABLE IF NOT EXISTS timeline (
    conversation TEXT NOT NULL REFERENCES conversation,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation, number),
    UNIQUE (conversation, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS offer (
    conversation TEXT NOT NULL REFERENCES conversation,
    payload TEXT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (conversation, payload)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (
    conversation TEXT PRIMARY KEY REFERENCES conversation,
    received INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS telling (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation,
    what TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS told (
    conversation TEXT NOT NULL REFERENCES conversation,
    what TEXT NOT NULL,
    body TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (conversation, what)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS present (
    conversation TEXT PRIMARY KEY REFERENCES conversation
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS push (
    conversation TEXT PRIMARY KEY REFERENCES conversation,
    number INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_at REAL NOT NULL,
    due_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS push_due ON push (due_at);
CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation,
    body TEXT NOT NULL,
    uploaded_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS upload_order ON upload (conversation, uploaded_at);
CREATE TABLE IF NOT EXISTS session (
    token_hash TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    site TEXT NOT NULL,
    used_at REAL NOT NULL,
    expires_at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_visitor ON session (visitor);
CREATE TABLE IF NOT EXISTS address (
    conversation TEXT PRIMARY KEY REFERENCES conversation,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bell (
    name TEXT PRIMARY KEY,
    cursor TEXT NOT NULL DEFAULT '',
    token TEXT NOT NULL,
    rung_at REAL NOT NULL,
    since REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known_as (
    name TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rendered (
    conversation TEXT PRIMARY KEY REFERENCES conversation,
    number INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outgoing (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversation,
    key TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL,
    message_ids TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL DEFAULT 0,
    queued_at REAL NOT NULL,
    provider_id TEXT,
    error TEXT
);
CREATE INDEX IF NOT EXISTS outgoing_open ON outgoing (conversation, position)
    WHERE status IN ('queued', 'sending');
CREATE INDEX IF NOT EXISTS outgoing_failed ON outgoing (conversation) WHERE status = 'failed';
CREATE INDEX IF NOT EXISTS outgoing_provider ON outgoing (provider_id) WHERE provider_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS recall (
    conversation TEXT NOT NULL REFERENCES conversation,
    message_id TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, message_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outside_file (
    key TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation,
    told TEXT NOT NULL,
    media TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opening (
    conversation TEXT NOT NULL REFERENCES conversation,
    action TEXT NOT NULL,
    at REAL NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, action)
) WITHOUT ROWID;
"""
# Version 1 knew visitors of one site, which is the middle of their conversation's name.
FROM_1 = """
INSERT INTO session (token_hash, visitor, site, used_at)
    SELECT visitor.token_hash, visitor.id,
        substr(conversation.id, instr(conversation.id, ':') + 1,
            length(conversation.id) - instr(conversation.id, ':') - length(visitor.id) - 1),
        visitor.used_at
    FROM visitor JOIN conversation ON conversation.id LIKE '%:%:' || visitor.id;
DROP TABLE IF EXISTS further_token;
DROP TABLE visitor;
"""
