-- The practice and the people who work in it.

create table practice (
    id blob primary key,
    name text,                            -- none in a patient's own application
    country text not null,                -- ISO 3166-1 alpha-2: crisis lines and date formats
    unknown text not null default '{}'    -- fields a newer Attune wrote and this one keeps
) strict;

-- Everyone who writes here: staff, and patients who have the application themselves.
create table team (
    id blob primary key,
    name text not null,
    role text not null check (role in ('owner', 'clinician', 'assistant', 'patient')),
    unknown text not null default '{}'
) strict;
