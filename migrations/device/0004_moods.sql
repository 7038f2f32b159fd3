-- Moods: written once; what is said about one later stands beside it.

create table moods (
    id blob primary key,
    patient blob not null,                -- not a foreign key: records arrive in any order
    score integer not null check (score between 1 and 10),
    words text,
    felt_at text not null,
    logged_at text not null,
    author blob not null,
    unknown text not null default '{}'    -- fields a newer Attune wrote and this one keeps
) strict;
-- With all that a list of patients shows of their latest mood, so that it never touches the words.
create index moods_of_a_patient on moods (patient, felt_at desc, id desc, author, score);

-- Each row says in full how its mood stands from then on; the newest one holds.
create table mood_amendments (
    id blob primary key,
    mood blob not null,                   -- may arrive before its mood
    patient blob not null,                -- whose stream it came in: it can speak of no other chart
    words text,
    withdrawn integer not null check (withdrawn in (0, 1)),
    at text not null,
    author blob not null,                 -- counts only where this is the mood's own author
    unknown text not null default '{}'
) strict;
create index amendments_of_a_mood on mood_amendments (mood, at desc, id desc);

-- What every reader of moods reads, other slices included.
create view moods_as_they_stand as
select
    m.id, m.patient, m.score, m.felt_at, m.logged_at, m.author,
    case when a.id is null then m.words else a.words end as words,
    coalesce(a.withdrawn, 0) as withdrawn,
    exists (select 1 from team t where t.id = m.author and t.role = 'patient') as by_patient
from moods m
left join mood_amendments a on a.id = (
    select s.id from mood_amendments s
    where s.mood = m.id and s.patient = m.patient and s.author = m.author
    order by s.at desc, s.id desc limit 1
);
