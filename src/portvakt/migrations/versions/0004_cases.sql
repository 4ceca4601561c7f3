-- ── our people: accounts with a role ────────────────────────────────────────────────────────────

create table staff (
    account     id primary key references accounts,
    name        text not null check (length(name) between 1 and 64),
    role        text not null check (role in ('reviewer', 'lead', 'auditor', 'operator')),
    added_at    timestamptz not null,
    active_from timestamptz not null,
    removed_at  timestamptz
);

-- ── cases: a submitted flow that waits for reviewers ────────────────────────────────────────────

create type case_state as enum ('open', 'asked', 'approved', 'rejected', 'stopped', 'done');

create table cases (
    flow        id primary key references flows,
    number      text not null unique check (number ~ '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'),
    account     id not null references accounts,
    action      text not null,
    state       case_state not null default 'open',
    round       integer not null default 1,    -- asking for more begins a new one: votes count in theirs alone
    lost        text[] not null,
    long_tier   boolean not null,
    level       integer not null,              -- security level when it began (S54)
    submitted_at timestamptz not null,
    earliest_at timestamptz not null,
    due_at      timestamptz not null,
    score       integer,
    verdict     text,                          -- what the assessment says: plain | look | doubtful | nonsense
    sealed      bytea not null,                -- answers, statement, assessment lines
    second      id references staff,           -- the drawn second reviewer
    drawn_at    timestamptz,
    decided_at  timestamptz,
    overdue_told_at timestamptz
);
create unique index cases_one_open on cases (account) where state in ('open', 'asked', 'approved');
create index cases_queue on cases (due_at) where state in ('open', 'asked');

create table votes (
    id       id primary key,
    case_flow id not null references cases,
    round    integer not null,
    staff    id not null references staff,
    vote     text not null check (vote in ('approve', 'reject', 'ask')),
    sealed   bytea not null,                   -- reason, alternatives, questions
    evidence bytea not null,                   -- hash over the files that were looked at (A51)
    at       timestamptz not null
);
create unique index votes_once on votes (case_flow, round, staff);

-- ── evidence files: each sealed with a key of its own; without the key the content is noise ─────

create table evidence (
    id         id primary key,
    flow       id not null references flows on delete cascade,
    kind       text not null check (kind in ('document', 'photo', 'other')),
    key        bytea,                          -- sealed; erased with the retention
    content    bytea,
    preview_key bytea,
    preview    bytea,
    hash       bytea not null check (octet_length(hash) = 32),
    pages      integer not null default 1,
    added_at   timestamptz not null,
    erased_at  timestamptz
);
create index evidence_flow on evidence (flow);

create table evidence_views (
    evidence id not null references evidence on delete cascade,
    staff    id not null references staff,
    at       timestamptz not null,
    primary key (evidence, staff)
);

-- ── what the platform knows about its customer: asked for in the form, compared in the assessment ─

create table account_facts (
    account    id primary key references accounts,
    sealed     bytea not null,
    given_at   timestamptz not null
);

do $$
begin
    if exists (select from pg_roles where rolname = 'portvakt_app') then
        grant select, insert, update, delete on staff, cases, votes, evidence, evidence_views, account_facts
            to portvakt_app;
        revoke delete, truncate on staff, cases from portvakt_app;
        revoke update, delete, truncate on votes, evidence_views from portvakt_app;
    end if;
end $$;
