-- Moods: written once; what is said about one later stands beside it.

create table moods (
    id blob primary key,
    patient blob not null,                -- not a foreign key: records arrive in any order
    score integer not null check (score between 1 and 10),
    words text,
    felt_at text not null,
    logged_at text not null,
    author blob not null,
    unknown text not null default '{}'
) strict;
create index moods_of_a_patient on moods (patient, felt_at desc);

-- Each row says in full how its mood stands from then on; the newest one holds.
create table mood_amendments (
    id blob primary key,
    mood blob not null,                   -- may arrive before its mood
    words text,
    withdrawn integer not null check (withdrawn in (0, 1)),
    at text not null,
    unknown text not null default '{}'
) strict;
create index amendments_of_a_mood on mood_amendments (mood, at desc, id desc);

create view moods_as_they_stand as
select
    m.id, m.patient, m.score, m.felt_at, m.logged_at, m.author,
    case when a.id is null then m.words else a.words end as words,
    coalesce(a.withdrawn, 0) as withdrawn
from moods m
left join mood_amendments a on a.id = (
    select id from mood_amendments where mood = m.id order by at desc, id desc limit 1
);
