-- 10,000 accounts that have signed in and are still there, beside those that act in the bench: tables
-- and indexes of a size that the database's planner takes seriously.
create temporary table crowd as
select n, lpad(to_hex(n), 32, '0') as hex, sha256(('crowd ' || n)::bytea) as hash
from generate_series(1, 10000) as n;

insert into accounts (id, created_at)
select 'acc_' || hex, now() from crowd;

insert into identifiers (hash, kind, account)
select hash, 'email', 'acc_' || hex from crowd;

insert into channels (id, account, kind, address, hash, registered, bound_at)
select 'chn_' || hex, 'acc_' || hex, 'email', 'crowd' || n || '@example.com', hash, true, now() from crowd;

insert into factors (id, account, kind, secret, bound_at)
select 'fac_' || hex, 'acc_' || hex, 'password', 'none', now() from crowd;

insert into devices (id, account, token_hash, created_at, last_used_at)
select 'dev_' || hex, 'acc_' || hex, hash, now(), now() from crowd;

insert into sessions (id, account, token_hash, client, device, proofs, created_at, last_used_at, expires_at)
select 'ses_' || hex, 'acc_' || hex, hash, 'ios', 'dev_' || hex, '{password}', now(), now(),
  now() + interval '1 day'
from crowd;

insert into flows (id, token_hash, action, status, account, client, language, version, created_at, expires_at,
  submitted_at)
select 'flw_' || hex, hash, 'sign_in', 'done', 'acc_' || hex, 'ios', 'en', 1, now(), now() + interval '30 minutes',
  now()
from crowd;

insert into proofs (flow, kind, at, by)
select 'flw_' || hex, 'password', now(), 'acc_' || hex from crowd;

insert into audit (id, at, account, flow, action, event)
select 'aud_' || hex, now(), 'acc_' || hex, 'flw_' || hex, 'sign_in', 'done' from crowd;

insert into limits (bucket, seconds, starts_at, count)
select hash, 60, now(), 1 from crowd;

analyze;
