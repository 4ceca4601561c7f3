-- Ids are `<prefix>_<32 hex digits>` (UUIDv7): they name rows and are no secrets. Tokens stand here
-- as keyed hashes only; secrets are sealed with the row as associated data (ports/crypto.py).

create domain id as text check (value ~ '^[a-z]{2,4}_[0-9a-f]{32}$');

-- One row. The sandbox moves `shift`; everybody else reads database clock + 0.
create table clock (
    single boolean primary key default true check (single),
    shift interval not null default interval '0' check (shift >= interval '0')
);
insert into clock default values;

-- The one source of `now`. clock_timestamp(), not now(): read after the account lock was waited for.
create function portvakt_now() returns timestamptz language sql volatile parallel safe
    return (select clock_timestamp() + shift from clock);

create type account_state as enum ('active', 'frozen', 'closed');

create table accounts (
    id                    id primary key,
    state                 account_state not null default 'active',
    created_at            timestamptz not null,
    language              text not null default 'en',
    zone                  text,
    settings_locked_until timestamptz
);

-- An identifier names at most one account, or is blocked until a time, or is free (no row needed).
-- Claimed by one conditional upsert: of 100 parallel claims exactly one wins.
create table identifiers (
    hash          bytea primary key check (octet_length(hash) = 32),
    kind          text not null check (kind in ('email', 'phone')),
    account       id references accounts deferrable initially deferred,  -- claimed before it is made
    blocked_until timestamptz,
    check (account is null or blocked_until is null)
);
create index identifiers_account on identifiers (account) where account is not null;

create type channel_kind as enum ('email', 'phone');

create table channels (
    id           id primary key,
    account      id not null references accounts,
    kind         channel_kind not null,
    address      text not null check (length(address) between 3 and 320),
    hash         bytea not null references identifiers (hash),
    registered   boolean not null default false,
    bound_at     timestamptz not null,
    last_used_at timestamptz,
    removed_at   timestamptz check (removed_at >= bound_at)
);
create unique index channels_one_of_a_kind on channels (account, kind) where removed_at is null;
create unique index channels_one_registered on channels (account) where registered and removed_at is null;
create unique index channels_address on channels (hash) where removed_at is null;
create index channels_removed on channels (account) where removed_at is not null;  -- asked at each sign-in

-- A way to prove that is kept with the account. `secret` is sealed; `last_step` only moves forward.
create table factors (
    id           id primary key,
    account      id not null references accounts,
    kind         text not null check (kind in ('password', 'totp', 'passkey', 'recovery_code', 'google', 'apple')),
    secret       bytea not null,
    label        text check (length(label) <= 100),
    last_step    bigint,
    bound_at     timestamptz not null,
    last_used_at timestamptz,
    removed_at   timestamptz check (removed_at >= bound_at)
);
create unique index factors_one_password on factors (account) where kind = 'password' and removed_at is null;
create unique index factors_one_totp on factors (account) where kind = 'totp' and removed_at is null;
create index factors_account on factors (account);

create table devices (
    id           id primary key,
    account      id not null references accounts,
    token_hash   bytea not null unique check (octet_length(token_hash) = 32),
    description  text not null default '',
    created_at   timestamptz not null,
    last_used_at timestamptz not null,
    revoked_at   timestamptz
);
create index devices_account on devices (account) where revoked_at is null;

create table sessions (
    id           id primary key,
    account      id not null references accounts,
    token_hash   bytea not null unique check (octet_length(token_hash) = 32),
    client       text not null check (client in ('web', 'android', 'ios', 'other')),
    device       id references devices,
    description  text not null default '',
    network      text not null default '',
    proofs       text[] not null,
    created_at   timestamptz not null,
    last_used_at timestamptz not null,
    expires_at   timestamptz not null check (expires_at > created_at),
    ended_at     timestamptz,
    ended_by     text
);
create index sessions_account on sessions (account) where ended_at is null;

create type flow_status as enum ('open', 'waiting', 'done', 'refused', 'expired', 'cancelled');

-- One attempt at one action: facts only, no state name. `account` is set once and never changes.
create table flows (
    id           id primary key,
    token_hash   bytea not null unique check (octet_length(token_hash) = 32),
    action       text not null,
    status       flow_status not null default 'open',
    account      id references accounts,
    decoy        boolean not null default false,
    session      id references sessions,
    client       text not null,
    language     text not null,
    given        jsonb not null default '{}',
    sealed       bytea,
    choice       jsonb not null default '{}',
    version      integer not null default 0,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    submitted_at timestamptz,
    check (not (decoy and account is not null))
);
create index flows_account_open on flows (account) where status in ('open', 'waiting');
create index flows_expiry on flows (expires_at) where status in ('open', 'waiting');

create function flow_account_is_fixed() returns trigger language plpgsql as $$
begin
    if old.account is not null and new.account is distinct from old.account then
        raise exception 'the account of flow % is fixed', old.id;
    end if;
    if old.status in ('done', 'refused', 'expired', 'cancelled') and new.status <> old.status then
        raise exception 'flow % has ended', old.id;
    end if;
    return new;
end $$;
create trigger flow_account_is_fixed before update on flows
    for each row execute function flow_account_is_fixed();

create table proofs (
    flow   id not null references flows on delete cascade,
    kind   text not null,
    at     timestamptz not null,
    by     id references accounts,
    target text,
    primary key (flow, kind)
);

-- A code sent to one address for one field of one flow (S89). Spent by one conditional UPDATE.
create table codes (
    id         id primary key,
    flow       id not null references flows on delete cascade,
    field      text not null,
    hash       bytea not null check (octet_length(hash) = 32),
    address    bytea not null check (octet_length(address) = 32),
    sent_at    timestamptz not null,
    expires_at timestamptz not null,
    spent_at   timestamptz,
    replaced_at timestamptz
);
create unique index codes_one_live on codes (flow, field) where spent_at is null and replaced_at is null;
create index codes_flow on codes (flow);  -- for the cascade, when old flows are purged

-- A ledger: rows are added, ends only move later, nothing is deleted (S20, S93, A16, A54).
create table holds (
    id        id primary key,
    account   id not null references accounts,
    cause     text not null,
    flow      id,
    actions   text[] not null default '{}',   -- empty: every protected action that holds stop
    starts_at timestamptz not null,
    ends_at   timestamptz check (ends_at > starts_at),
    ends_when text,
    ended_told_at timestamptz,
    check (ends_at is not null or ends_when is not null)
);
create index holds_account on holds (account, ends_at);
create index holds_to_tell on holds (ends_at) where ended_told_at is null;

create function hold_only_moves_later() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'hold % is never deleted', old.id;
    end if;
    if (old.ends_at is not null and (new.ends_at is null or new.ends_at < old.ends_at))
       or new.starts_at <> old.starts_at or new.account <> old.account
       or new.actions <> old.actions then
        raise exception 'hold % only moves later', old.id;
    end if;
    return new;
end $$;
create trigger hold_only_moves_later before update or delete on holds
    for each row execute function hold_only_moves_later();

create table audit (
    id      id primary key,
    at      timestamptz not null,
    account id,
    flow    id,
    session id,
    action  text not null,
    event   text not null,
    client  text not null default '',
    network text not null default '',
    device  text not null default '',
    detail  jsonb not null default '{}'
);
create index audit_account on audit (account, id desc);

-- Mails and SMS: written in the transaction of their cause, sent by jobs. `payload` is sealed (address,
-- parameters, code) and erased when the message has left; only the sandbox keeps it.
create type message_state as enum ('queued', 'sending', 'sent', 'failed', 'expired');

create table messages (
    id         id primary key,
    account    id references accounts,
    flow       id,
    channel    channel_kind not null,
    template   text not null,
    payload    bytea,
    state      message_state not null default 'queued',
    attempts   integer not null default 0,
    created_at timestamptz not null,
    due_at     timestamptz not null,
    expires_at timestamptz not null,
    claimed_at timestamptz,
    sent_at    timestamptz,
    failure    text
);
create index messages_due on messages (due_at) where state in ('queued', 'sending');
create index messages_sent on messages (sent_at desc) where state = 'sent';

-- Fixed windows counted before the work (A15): one row per bucket and window.
create table limits (
    bucket    bytea not null,
    seconds   integer not null,
    starts_at timestamptz not null,
    count     integer not null,
    primary key (bucket, seconds)
);
create index limits_old on limits (starts_at);

create table decisions (
    id         id primary key,
    at         timestamptz not null,
    service    text not null,
    account    text not null,
    action     text not null,
    details    bytea not null,
    decision   text not null check (decision in ('allow', 'deny', 'step_up')),
    until      timestamptz,
    reasons    text[] not null,
    expires_at timestamptz not null
);
create index decisions_account on decisions (account, id desc);

create table services (
    client_id   text primary key check (client_id ~ '^[a-z][a-z0-9_-]{1,62}$'),
    secret_hash bytea not null check (octet_length(secret_hash) = 32),
    created_at  timestamptz not null,
    removed_at  timestamptz
);

-- Kept answers: the same key gives the same answer, another body 409 (A111).
create table answers (
    scope      bytea primary key check (octet_length(scope) = 32),
    request    bytea not null check (octet_length(request) = 32),
    sealed     bytea,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index answers_expiry on answers (expires_at);

-- Robot-check solutions are accepted once (A52).
create table robot_spent (
    hash       bytea primary key check (octet_length(hash) = 32),
    expires_at timestamptz not null
);

-- ── the app's rights: what it need not do, it cannot do ────────────────────────────────────────
do $$
begin
    if exists (select from pg_roles where rolname = 'portvakt_app') then
        grant usage on schema public to portvakt_app;
        grant select, insert, update, delete on all tables in schema public to portvakt_app;
        grant usage, select on all sequences in schema public to portvakt_app;
        grant execute on all functions in schema public to portvakt_app;
        revoke update, delete, truncate on audit, decisions from portvakt_app;
        revoke delete, truncate on accounts, channels, factors, holds, identifiers, sessions from portvakt_app;
        revoke insert, update, delete, truncate on clock from portvakt_app;  -- the owner moves the sandbox's
    end if;
end $$;
