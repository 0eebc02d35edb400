-- Columns named sealed hold AES-256-GCM under the state key, with the row's identity as associated data.

create table secret (
  name   varchar(64) primary key,
  sealed bytea not null
);

create table contract (
  id        varchar(71) primary key,
  name      varchar(63) not null,
  version   bigint not null,
  canonical bytea not null,
  state     varchar(16) not null,
  unique (name, version)
);

create table statement (
  contract varchar(71) not null references contract (id),
  number   int not null,
  party    varchar(63) not null,
  action   varchar(16) not null,
  jws      text not null,
  primary key (contract, number)
);

create table chain (
  name      varchar(64) primary key,
  sealed    bytea not null,
  next_seq  bigint not null,
  last_hash bytea not null
);

create table log_head (
  id   int primary key,
  size bigint not null
);
insert into log_head values (1, 0);

create table leaf (
  idx    bigint primary key,
  chain  varchar(64) not null references chain (name),
  seq    bigint not null,
  bytes  bytea not null,
  sealed bytea not null,
  unique (chain, seq)
);

create table checkpoint (
  size bigint primary key,
  note text not null
);

create table data_key (
  contract varchar(63) not null,
  object   varchar(63) not null,
  sealed   bytea not null,
  sha256   varchar(71),
  size     bigint,
  primary key (contract, object)
);

create table sandbox (
  id           varchar(71) primary key,
  code         varchar(71) not null,
  entry        varchar(512) not null,
  activation   varchar(64) not null,
  source       varchar(32) not null,
  tee_key      text not null,
  signing_key  varchar(128) not null,
  report       bytea not null,
  certificates bytea not null,
  report_data  bytea not null,
  simulated    boolean not null,
  plain        boolean not null,
  contract     varchar(63),
  function     varchar(63),
  lease_until  timestamptz
);

create table nonce (
  value varchar(256) primary key
);

create table run_count (
  contract varchar(63) not null,
  function varchar(63) not null,
  day      varchar(10) not null,
  runs     bigint not null,
  primary key (contract, function, day)
);
