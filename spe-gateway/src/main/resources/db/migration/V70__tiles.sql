-- Whole tiles of the log's tree. What is here can be derived again from the leaves.
create table tile (
  level  int not null,
  idx    bigint not null,
  hashes bytea not null,
  primary key (level, idx)
);
