-- Sound that may be made smaller: a copy while it is made, and what a recording is kept as.

-- The spool that this one is to take the place of. Set while the copy is being made and at no other time: it
-- is what tells a copy, which may be thrown away, from a recording, which may not.
alter table files add column copy_of blob check (copy_of is null or growing = 1);

alter table recordings add column codec text not null default 'lossless' check (codec in ('lossless', 'small'));
