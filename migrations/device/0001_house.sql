-- What every slice stands on: whose store this is, who may read what, what waits to be sent, what was
-- done, sealed files, and text not yet saved.

-- Whose store this is. One row, written when the profile is made.
create table identity (
    only_one integer primary key check (only_one = 1),
    member blob not null,                 -- the person who sits here
    device blob not null,                 -- this installation
    root_key blob not null                -- UMK; identity keys derive from it when there is a server
) strict;

-- A stream is who-may-read: one key, one member list, one feed.
create table streams (
    id blob primary key,
    kind text not null check (kind in ('clinical', 'shared', 'process', 'practice', 'self')),
    chart blob,                           -- the patient, for the kinds that belong to one
    opened_at text not null,
    check ((kind in ('clinical', 'shared', 'process')) = (chart is not null))
) strict;
create unique index one_stream_of_a_kind on streams (kind, coalesce(chart, x''))
    where kind <> 'process';

-- Every synced thing under its identifier, whatever its slice keeps about it.
create table records (
    id blob primary key,
    stream blob not null references streams (id),
    kind text not null,
    class text not null check (class in ('append', 'register', 'draft', 'final')),
    version integer not null check (version >= 1)
) strict;
create index records_of_a_stream on records (stream);

-- What the server has not yet acknowledged: the newest form of each record, in the order first queued.
create table outbox (
    place integer primary key autoincrement,
    record blob not null unique references records (id),
    body text not null,                   -- the frozen form, as JSON
    queued_at text not null
) strict;

-- What was done, by whom, to what: identifiers only, each line bound to the one before.
create table audit (
    line integer primary key autoincrement,
    at text not null,
    member blob not null,
    device blob not null,
    action text not null,
    kind text not null,
    record blob not null,
    hash blob not null check (length(hash) = 32)
) strict;
create index audit_of_a_record on audit (record);

-- Sealed files. The bytes lie beside the store; only this row can open them.
create table files (
    id blob primary key,
    record blob not null references records (id),
    key blob not null check (length(key) = 32),
    bytes integer not null,
    kept_at text not null
) strict;

-- Text a person has not saved yet, by the place they were writing it. Stays on this device.
create table unsaved (
    place text primary key,
    text text not null,
    at text not null
) strict;
