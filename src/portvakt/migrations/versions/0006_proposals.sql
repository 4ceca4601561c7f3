-- ── what our own people do to an account ────────────────────────────────────────────────────────

-- beside the holder's own freeze, which it neither makes nor ends
alter table accounts add column frozen_by_staff_at timestamptz;
create index accounts_frozen_by_staff on accounts (frozen_by_staff_at) where frozen_by_staff_at is not null;

create type proposal_state as enum ('open', 'done', 'turned_down', 'expired');

create table proposals (
    id          id primary key,
    action      text not null,
    account     id not null references accounts,    -- whom it is about
    given       jsonb not null default '{}',        -- what the action takes: name, role
    by          id not null references staff,
    role        text not null,                      -- that it was proposed with: with another it counts no more
    sealed      bytea not null,                     -- the reasons
    state       proposal_state not null default 'open',
    proposed_at timestamptz not null,
    expires_at  timestamptz not null,
    second      id references staff,
    decided_at  timestamptz,
    flow        id references flows on delete set null,  -- of the account, that did it
    -- two different people, and neither of them about himself
    check (account <> by),
    check (second <> by and second <> account),
    check ((state = 'open') = (decided_at is null))
);
create unique index proposals_one_open on proposals (account, action) where state = 'open';
create index proposals_decided on proposals (decided_at) where state <> 'open';

do $$
begin
    if exists (select from pg_roles where rolname = 'portvakt_app') then
        grant select, insert on proposals to portvakt_app;
        -- who proposed what about whom is written once
        grant update (sealed, state, second, decided_at, flow) on proposals to portvakt_app;
    end if;
end $$;
