-- Transcripts: what is said of each, what people corrected in them, and who let sound leave the computer. The
-- words a machine wrote are a sealed file beside the store, and none of them is in a row.

create table transcripts (
    id blob primary key,
    recording blob not null,              -- not a foreign key: records arrive in any order
    session blob not null,
    patient blob not null,
    file blob not null,                   -- the sealed file of words, where this device has it; never its key
    state text not null check (state in ('kept', 'deleted')),
    made_at text not null,
    language text,
    engine text not null,
    model text not null,
    practice integer not null check (practice in (0, 1)),
    remote integer not null check (remote in (0, 1)),
    length_ms integer not null,
    speech_ms integer not null,           -- how long somebody speaks
    covered_ms integer not null,          -- how much of that is written down
    holes text not null,                  -- JSON, as the frozen form has it
    speakers text not null,               -- JSON, as the frozen form has it
    deleted_at text,
    deleted_by blob,
    unknown text not null default '{}',   -- fields a newer Attune wrote and this one keeps
    check ((state = 'deleted') = (deleted_at is not null))
) strict;
create index transcripts_of_a_session on transcripts (session, made_at desc, id desc);
create index transcripts_of_a_recording on transcripts (recording, made_at desc, id desc);

-- Each says one thing of one segment in full; the newest of its sort holds. The transcript's deletion empties them.
create table transcript_corrections (
    id blob primary key,
    transcript blob not null,             -- may arrive before its transcript
    patient blob not null,
    segment integer not null,
    what text not null check (what in ('text', 'speaker', 'emptied')),
    text text check (text is null or what = 'text'),             -- null: as the machine wrote it
    speaker integer check (speaker is null or what = 'speaker'), -- null: as the machine told
    undoes blob,                          -- the correction this one takes back
    at text not null,
    author blob not null,
    unknown text not null default '{}'
) strict;
create index corrections_of_a_transcript on transcript_corrections (transcript, segment, what, at, id);

-- What every reader of transcripts reads. The newest kept one of a recording is current, and a correction counts
-- where it holds and is not back at what the machine wrote.
create view transcripts_as_they_stand as
select
    t.id, t.recording, t.session, t.patient, t.file, t.state, t.made_at, t.language, t.engine, t.model,
    t.practice, t.remote, t.length_ms, t.speech_ms, t.covered_ms, t.holes, t.speakers, t.deleted_at,
    t.deleted_by, t.unknown,
    t.state = 'kept' and not exists (
        select 1 from transcripts n
        where n.recording = t.recording and n.state = 'kept' and (n.made_at, n.id) > (t.made_at, t.id)
    ) as current,
    (select count(*) from transcript_corrections c
     where c.transcript = t.id and c.patient = t.patient
       and coalesce(c.text, c.speaker) is not null
       and not exists (
           select 1 from transcript_corrections n
           where n.transcript = c.transcript and n.patient = c.patient and n.segment = c.segment
             and n.what = c.what and (n.at, n.id) > (c.at, c.id)
       )
    ) as corrections
from transcripts t;

-- Whether this practice lets sound leave the computer to be written down, and where it goes. Off until said.
create table remote_transcription (
    id blob primary key,
    is_on integer not null check (is_on in (0, 1)),
    endpoint text not null,
    model text not null,
    since text,                           -- from when on a session's permission counts; null while off
    changed_at text not null,
    unknown text not null default '{}',
    check ((since is not null) = is_on)
) strict;

-- Who agreed for which session, and when. It holds only while the switch stands as it stood then.
create table remote_permissions (
    id blob primary key,
    session blob not null,                -- not a foreign key: records arrive in any order
    patient blob not null,
    agreed_by blob not null,
    at text not null,
    unknown text not null default '{}'
) strict;
create index remote_permissions_of_a_session on remote_permissions (session, at);

-- The voices of those who sit here, as features and never as sound. They stay on this device.
create table voices (
    member blob primary key,
    print text not null,                  -- JSON, as whoever tells voices apart wrote it
    learnt_at text not null
) strict;
