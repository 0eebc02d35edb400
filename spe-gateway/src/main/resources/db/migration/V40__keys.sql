-- Nonces of handshakes that were shown; kept until an hour after they expired. Any replica may finish a handshake.
create table spent_ticket (
  nonce   varchar(64) primary key,
  expires bigint not null
);
create index spent_ticket_expires on spent_ticket (expires);

-- The state key in shares, each sealed to the party that holds it. Digests name a wrong share; they prove nothing.
create table recovery_share (
  holder     varchar(63) primary key,
  set_id     varchar(64) not null,
  threshold  int not null,
  number     int not null,
  enc        bytea not null,
  ciphertext bytea not null,
  digest     bytea not null
);
