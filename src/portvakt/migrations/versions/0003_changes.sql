-- ── accounts: locks, the payout list, the holder's own words ───────────────────────────────────

alter table accounts
    drop column settings_locked_until,
    add column settings_lock_days integer check (settings_lock_days between 1 and 30),
    add column unfrozen_at timestamptz,
    add column payout_list_only boolean not null default false,
    add column phrase bytea,          -- sealed
    add column first_session id;      -- the sign-up's own: what is bound in its first hour is the founder's

alter table factors add column bound_in id;   -- the session it was bound in
alter table channels add column bound_in id;
alter table identifiers add column blocked_by id;  -- the flow that gave it up: its undo alone lifts it

-- ── flows that wait ─────────────────────────────────────────────────────────────────────────────

alter table flows
    add column due_at timestamptz,
    add check (status <> 'waiting' or (due_at is not null and account is not null));
create index flows_due on flows (due_at) where status = 'waiting';

-- ── recovery codes: ten a set, each once (NIST SP 800-63B-4 §4.2.1.1) ───────────────────────────

create table recovery_codes (
    hash        bytea primary key check (octet_length(hash) = 32),
    account     id not null references accounts,
    set_id      id not null,
    made_at     timestamptz not null,
    used_at     timestamptz,
    replaced_at timestamptz
);
create index recovery_codes_live on recovery_codes (account) where replaced_at is null;

-- ── undo: what was bound before a change, for as long as its hold lasts ─────────────────────────

create table changes (
    flow       id primary key,
    account    id not null references accounts,
    action     text not null,
    at         timestamptz not null,
    undo_until timestamptz not null check (undo_until > at),
    factors    text[] not null,   -- ids bound before
    channels   text[] not null,
    registered id not null,       -- the channel that was the registered one
    codes_set  id,
    lock_days  integer,           -- how the settings were locked
    undone_at  timestamptz        -- undone, or overtaken by the undo of an earlier one
);
create index changes_live on changes (account, undo_until) where undone_at is null;

-- ── links of notices: "this was not me" ─────────────────────────────────────────────────────────

create table notice_links (
    hash       bytea primary key check (octet_length(hash) = 32),
    account    id not null references accounts,
    flow       id,                 -- what the notice was about
    channel    bytea not null,     -- keyed hash of the address it went to
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index notice_links_expiry on notice_links (expires_at);

-- ── step-up: what was asked, and the receipt for it ─────────────────────────────────────────────

alter table decisions add column sealed bytea;   -- the details, for the holder to see
alter table decisions add column session text;

create table receipts (
    id          id primary key,
    account     id not null references accounts,
    decision    id not null unique references decisions,
    service     text not null,
    action      text not null,
    details     bytea not null,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    redeemed_at timestamptz,
    voided_at   timestamptz,
    check (redeemed_at is null or voided_at is null)
);
create index receipts_open on receipts (account) where redeemed_at is null and voided_at is null;

-- ── payout addresses ────────────────────────────────────────────────────────────────────────────

create table payout_addresses (
    id         id primary key,
    account    id not null references accounts,
    asset      text not null check (length(asset) between 1 and 32),
    address    text not null check (length(address) between 1 and 256),
    label      text check (length(label) <= 64),
    added_at   timestamptz not null,
    usable_at  timestamptz not null check (usable_at >= added_at),
    removed_at timestamptz
);
create unique index payout_addresses_once on payout_addresses (account, asset, address) where removed_at is null;

-- ── what the platform is told: in the order of commits ──────────────────────────────────────────
-- A reader that has seen all up to (tx, id) misses nothing: only rows of transactions older than every
-- one still open are served.

create table events (
    id      id primary key,
    tx      xid8 not null default pg_current_xact_id(),
    at      timestamptz not null,
    account id not null references accounts,
    action  text not null,
    event   text not null,
    data    jsonb not null default '{}'
);
create index events_order on events (tx, id);

do $$
begin
    if exists (select from pg_roles where rolname = 'portvakt_app') then
        grant select, insert, update, delete on recovery_codes, changes, notice_links, receipts,
            payout_addresses, events to portvakt_app;
        revoke delete, truncate on recovery_codes, receipts, payout_addresses from portvakt_app;
        revoke update, truncate on events from portvakt_app;
    end if;
end $$;

-- A change ends what was asked for before it, whoever asked (A42).
create index codes_address on codes (address) where spent_at is null and replaced_at is null;
