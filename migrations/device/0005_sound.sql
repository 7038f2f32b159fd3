-- Room for sound and for long work: files that grow frame by frame, files that were forgotten, and jobs.

-- A file is sealed whole, or a spool: sealed frame by frame while it grows, and kept as it grew. Rebuilt
-- rather than altered, because a spool has its key before the record it belongs to is written: the two
-- are compared at the end of the transaction.
create table files_with_form (
    id blob primary key,
    record blob not null references records (id) deferrable initially deferred,
    key blob not null check (length(key) = 32),
    form text not null check (form in ('sealed', 'spool')),
    bytes integer not null,               -- what was sealed; of a spool, how far its whole frames reach
    growing integer not null check (growing in (0, 1)),
    kept_at text not null,
    check (growing = 0 or form = 'spool')
) strict;
insert into files_with_form (id, record, key, form, bytes, growing, kept_at)
    select id, record, key, 'sealed', bytes, 0, kept_at from files;
drop table files;
alter table files_with_form rename to files;
create index files_of_a_record on files (record);

-- Files whose key is gone and whose bytes are still to be removed from the disk.
create table forgotten_files (
    id blob primary key,
    form text not null check (form in ('sealed', 'spool')),
    forgotten_at text not null
) strict;

-- Long work that waits or is under way. Stays on this device: another one has its own to do.
create table jobs (
    id blob primary key,
    kind text not null,
    record blob not null references records (id),
    state text not null check (state in ('waiting', 'running', 'done', 'stopped')),
    tries integer not null check (tries between 0 and 2),
    why text,                             -- the code of the last failure
    queued_at text not null,
    changed_at text not null
) strict;
create unique index one_open_job_of_a_kind on jobs (kind, record) where state in ('waiting', 'running');
create index jobs_in_their_order on jobs (state, kind, queued_at, id);
