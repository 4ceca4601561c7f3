-- ── providers: somebody else vouches for a person ──────────────────────────────────────────────

-- Beside the kinds of our own, whoever settings name; such a factor has a key while it is bound.
alter table factors
    drop constraint factors_kind_check,
    add constraint factors_kind_check check (kind ~ '^[a-z][a-z0-9_]{1,31}$'),
    add check (kind in ('password', 'totp', 'recovery_code') or removed_at is not null or key is not null);
-- one account of each provider
create unique index factors_one_of_a_provider on factors (account, kind)
    where key is not null and removed_at is null and kind <> 'passkey';
