-- Whoever applies for an account with nothing in his hands must not learn whether there is one: an
-- application about nobody stands beside the others, waits as they do, and no reviewer sees it.

alter table cases alter column account drop not null;

alter table flows drop constraint flows_check1;
alter table flows add constraint flows_waiting
    check (status <> 'waiting' or (due_at is not null and (account is not null or decoy)));
