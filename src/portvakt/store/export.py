"""All rows about one account, for its holder. Hashes, sealed secrets and tokens are left out by name."""

from __future__ import annotations

from typing import Any, Final

from portvakt.store.tx import Tx

#: part → the statement for it; every table with an `account` is here or in tests' list of what is not
PARTS: Final[dict[str, str]] = {
    "identifiers": "select id, kind::text, address, registered, bound_at, last_used_at, removed_at "
                   "from channels where account = %s order by bound_at, id",
    "factors": "select id, kind, label, bound_at, last_used_at, removed_at from factors "
               "where account = %s order by bound_at, id",
    "recovery_codes": "select set_id, made_at, used_at, replaced_at from recovery_codes "
                      "where account = %s order by made_at, set_id",
    "sessions": "select id, client, device, description, network, proofs, created_at, last_used_at, "
                "expires_at, ended_at, ended_by from sessions where account = %s order by created_at, id",
    "devices": "select id, description, created_at, last_used_at, revoked_at from devices "
               "where account = %s order by created_at, id",
    "holds": "select id, cause, actions, starts_at, ends_at, ends_when from holds "
             "where account = %s order by starts_at, id",
    "payout_addresses": "select id, asset, address, label, added_at, usable_at, removed_at "
                        "from payout_addresses where account = %s order by added_at, id",
    "decisions": "select id, at, service, action, decision, until, reasons from decisions "
                 "where account = %s order by at, id",
    "receipts": "select id, decision, action, created_at, redeemed_at, voided_at from receipts "
                "where account = %s order by created_at, id",
    "changes": "select flow, action, at, undo_until, undone_at from changes where account = %s order by at, flow",
    "flows": "select id, action, status::text, client, created_at, submitted_at, due_at from flows "
             "where account = %s order by created_at, id",
    "messages": "select id, channel::text, template, state::text, created_at, sent_at from messages "
                "where account = %s order by created_at, id",
    "activity": "select id, at, action, event, client, network, device, detail from audit "
                "where account = %s order by id",
    "events": "select id, at, action, event, data from events where account = %s order by id",
}  # fmt: skip


def everything(tx: Tx, account: str) -> dict[str, Any]:
    """`{"account": {…}, "identifiers": [{…}], …}`: rows with times as times."""
    head = tx.sure("select id, state::text, created_at, language, zone, settings_lock_days, unfrozen_at, "
                   "payout_list_only from accounts where id = %s", [account])  # fmt: skip
    return {
        "account": dict(head),
        **{part: [dict(r) for r in tx.all(sql, [account])] for part, sql in PARTS.items()},
    }
