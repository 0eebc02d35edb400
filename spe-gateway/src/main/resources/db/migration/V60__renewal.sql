-- Which state key the values are sealed under: a gateway with another one appends nothing.
alter table log_head add column state_key varchar(64);

-- Whether the holder has fetched its share of this set.
alter table recovery_share add column fetched boolean not null default false;

-- Columns that hold sealed values are named sealed, or begin so: what seals them anew finds them by their names.
alter table sandbox rename column lease to sealed_lease;
