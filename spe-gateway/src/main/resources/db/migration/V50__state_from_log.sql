-- Where contracts stand, what was used of limits and what counts once is read from the log.
drop table statement;
drop table nonce;
drop table run_count;
alter table contract drop column state, drop column name, drop column version;

-- A sandbox's row is sealed with the index of the event that wrote it; what no event wrote is not read.
alter table sandbox add column lease_leaf bigint;
alter table sandbox add column lease bytea not null default ''::bytea;

-- Whose request a run answers is sealed, or another could be named who then reads the details of its statement.
delete from run_caller;
alter table run_caller drop column caller;
alter table run_caller add column sealed bytea not null;
