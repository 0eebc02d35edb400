-- The key that callers of a function seal their requests to, and the entry of the log that names it.
create table invocation_key (
  contract varchar(63) not null,
  function varchar(63) not null,
  leaf     bigint not null,
  sealed   bytea not null,
  primary key (contract, function)
);
