-- Whoever applies for an account with nothing in his hands must not learn whether there is one: an
-- application about nobody stands beside the others, waits as they do, and no reviewer sees it.

alter table cases alter column account drop not null;

-- An account has one application at a time of somebody who proved something. Of those who proved nothing it may
-- have several: whoever comes first must not keep the owner out.
alter table cases add column unproven boolean not null default false;
drop index cases_one_open;
create unique index cases_one_open on cases (account) where state in ('open', 'asked', 'approved') and not unproven;

alter table flows drop constraint flows_check1;
alter table flows add constraint flows_waiting
    check (status <> 'waiting' or (due_at is not null and (account is not null or decoy)));

-- what a flow keeps from others is let go of whenever it waits no more: looked up by the flow
create index identifiers_blocked_by on identifiers (blocked_by) where blocked_by is not null;
