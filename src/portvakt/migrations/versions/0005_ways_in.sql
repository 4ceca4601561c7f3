-- ── factors that name their account by themselves ───────────────────────────────────────────────

alter table factors
    add column key bytea check (octet_length(key) = 32);  -- keyed hash of what names it
create unique index factors_key on factors (key);
