-- What a sandbox is bound by (an archive, or init-data where the hardware vouches for them), Azure's quotes, the
-- version of the contract that a lease is under, the contracts that named the binding, and a seal over the whole row.
alter table sandbox add column binding     varchar(16) not null default 'SANDBOX';
alter table sandbox add column pin         bytea not null default ''::bytea;
alter table sandbox add column quote       bytea not null default ''::bytea;
alter table sandbox add column contract_id varchar(71);
alter table sandbox add column bound_in    text not null default '';
alter table sandbox add column sealed      bytea not null default ''::bytea;
-- Rows from before have no seal and are of no use: what they held ends here.
update sandbox set lease_until = null;
