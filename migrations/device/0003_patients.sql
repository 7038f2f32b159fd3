-- People treated. One row each, archived and never deleted.

create table patients (
    id blob primary key,
    name text not null,
    preferred_name text,
    pronouns text,
    reference text,                       -- the practice's own file number
    email text,
    phone text,
    born_on text,
    note text,
    clinician blob not null,              -- a member of the team; not a foreign key: records arrive in any order
    standing text not null check (standing in ('active', 'archived')),
    created_at text not null,
    changed_at text not null,
    folded text not null,                 -- the name without case and accents: the order of lists
    found_by text not null,               -- all that finding looks at, folded, one line each
    unknown text not null default '{}'    -- fields a newer Attune wrote and this one keeps
) strict;
-- Everything that finding reads, so that it never touches the wide rows of the table.
create index patients_by_name on patients (standing, folded, id, found_by);
