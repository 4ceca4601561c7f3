-- ── factors that name their account by themselves ───────────────────────────────────────────────

alter table factors
    add column key bytea check (octet_length(key) = 32),  -- keyed hash of what names it
    add column synced boolean,                            -- of a passkey: its provider may copy it
    add constraint factors_passkey check (kind <> 'passkey' or (synced is not null and last_step >= 0));
create unique index factors_key on factors (key);
