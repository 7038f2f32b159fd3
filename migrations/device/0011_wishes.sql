-- A job may carry a wish: another model, a part to be done again. Two wishes for one record are two jobs.

alter table jobs add column wish text;    -- JSON; null where nothing in particular is asked for

drop index one_open_job_of_a_kind;
create unique index one_open_job_of_a_wish on jobs (kind, record, coalesce(wish, ''))
    where state in ('waiting', 'running');
