-- The practice and the people who work in it.

create table practice (
    id blob primary key,
    name text not null,
    country text not null,                -- ISO 3166-1 alpha-2: crisis lines and date formats
    unknown text not null default '{}'    -- fields a newer Attune wrote and this one keeps
) strict;

create table team (
    id blob primary key,
    name text not null,
    role text not null check (role in ('owner', 'clinician', 'assistant', 'patient')),
    unknown text not null default '{}'
) strict;
