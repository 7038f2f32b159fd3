-- Consents: signed once, word for word as they were shown; taking one back stands beside it.

create table consents (
    id blob primary key,
    patient blob not null,                -- not a foreign key: records arrive in any order
    kind text not null check (kind in ('recording')),
    version integer not null,             -- of the text that was shown
    title text not null,
    paragraphs text not null,             -- the whole text as it was signed, as JSON
    signed_by text not null,              -- the name that was written
    signed_at text not null,
    recorded_by blob not null,            -- the member at whose screen it was signed
    unknown text not null default '{}'    -- fields a newer Attune wrote and this one keeps
) strict;
create index consents_of_a_patient on consents (patient, kind, signed_at desc, id desc);

create table consent_withdrawals (
    id blob primary key,
    consent blob not null,                -- may arrive before its consent
    patient blob not null,                -- whose stream it came in: it can speak of no other chart
    kind text not null check (kind in ('recording')),
    at text not null,
    author blob not null,
    unknown text not null default '{}'
) strict;
create index withdrawals_of_a_patient on consent_withdrawals (patient, kind, at);

-- What every reader of consents reads. Who takes back a consent means all that were signed until then,
-- whichever of them they point at: a paper signed twice must not outlive a no.
create view consents_as_they_stand as
select
    c.id, c.patient, c.kind, c.version, c.title, c.paragraphs, c.signed_by, c.signed_at, c.recorded_by,
    (select min(w.at) from consent_withdrawals w
     where w.patient = c.patient and w.kind = c.kind and (w.consent = c.id or w.at >= c.signed_at)
    ) as withdrawn_at
from consents c;
