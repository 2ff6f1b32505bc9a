-- An entry is late when it claims to be older than what was already sealed without a gap. When the seal before it was
-- made does not say that: after a standstill a backlog is sealed in several batches at one time.
alter table audit_seal add column complete_at timestamptz;
comment on column audit_seal.complete_at is 'All entries complete at this instant are under this seal or an earlier one; null until the first seal that reached so far';
comment on column audit_seal.late is 'Entries that claim to be older than what the seal before says was complete: written after the fact';
