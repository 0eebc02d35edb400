-- What of an event only some parties may read, and which; sealed.
create table event_detail (
  idx    bigint primary key references leaf (idx),
  sealed bytea not null
);

-- Who called in a run, for whom its statement is.
create table run_caller (
  sandbox    varchar(71) not null,
  activation varchar(64) not null,
  caller     varchar(63) not null,
  primary key (sandbox, activation)
);
