-- Recordings: what is said of each stretch of sealed audio. The sound itself is a spool beside the store.

create table recordings (
    id blob primary key,
    session blob not null,                -- not a foreign key: records arrive in any order
    patient blob not null,
    part integer not null,                -- the first stretch of a session is 1
    file blob not null,                   -- the spool, where this device has it; never its key
    source text not null check (source in ('microphone', 'imported')),
    state text not null check (state in ('recording', 'kept', 'recovered', 'deleted')),
    began_at text not null,
    ended_at text,
    duration_ms integer not null,         -- gaps count, pauses do not
    bytes integer not null,
    bookmarks text not null,              -- JSON, as the frozen form has it
    health text not null,                 -- JSON, as the frozen form has it
    deleted_at text,
    deleted_by blob,
    unknown text not null default '{}',   -- fields a newer Attune wrote and this one keeps
    check ((state = 'deleted') = (deleted_at is not null))
) strict;
create index recordings_of_a_session on recordings (session, part, id);
create index recordings_under_way on recordings (state) where state = 'recording';
