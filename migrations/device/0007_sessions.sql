-- Sessions: when who met whom, and whether it was recorded.

create table sessions (
    id blob primary key,
    patient blob not null,                -- not a foreign key: records arrive in any order
    clinician blob not null,              -- whoever began it
    started_at text not null,
    ended_at text,
    planned_minutes integer,
    place text not null check (place in ('room', 'remote')),
    attendees text not null,              -- who else was there, as a JSON list of names
    state text not null check (state in ('recording', 'interrupted', 'recorded', 'unrecorded')),
    confirmed_at text,                    -- when everyone present agreed to be recorded that day
    consent blob,                         -- the consent that held then
    unknown text not null default '{}'    -- fields a newer Attune wrote and this one keeps
) strict;
create index sessions_of_a_patient on sessions (patient, started_at desc, id desc);
create index sessions_by_time on sessions (started_at desc, id desc);

-- What other slices read of a session.
create view sessions_as_they_stand as
select id, patient, clinician, started_at, ended_at, state, consent from sessions;

-- What a person is called, for whoever shows something of theirs.
create view names_of_patients as
select id, name from patients;
