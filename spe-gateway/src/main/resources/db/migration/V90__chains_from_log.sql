-- Where a chain stands is read from the log's leaves: whoever writes to the database could have set these.
alter table chain drop column next_seq, drop column last_hash;
