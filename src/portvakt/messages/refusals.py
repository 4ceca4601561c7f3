"""Refusals: what happened and what to do next, in one sentence, without blame, and nothing that an
attacker wants to know (A01, A03)."""

from portvakt.messages.base import Plural, Topic

TEXTS: Topic = {
    # one text for a wrong password, an unknown account and a wrong code (S7)
    "refusal.sign_in_failed": (
        "We could not log you in with these details, so please check them and try "
        "again[ after {retry_at:soon}]."
    ),
    "refusal.wrong_password": "That password is not right, so please check it and try again.",
    "refusal.wrong_code": Plural(
        by="left",
        one="That code is not right, so please try the newest one[; you have {left} try left].",
        other="That code is not right, so please try the newest one[; you have {left} tries left].",
    ),
    "refusal.too_many_tries": (
        "There have been too many tries, so please wait[ until {retry_at:soon}] and then try again."
    ),
    "refusal.resend_too_soon": (
        "A code was sent a moment ago, so please wait[ until {retry_at:soon}] before you ask for "
        "another."
    ),
    "refusal.too_many_messages": (
        "We may not send more messages for now, so please use the newest one you have or "
        "wait[ until {retry_at:soon}]."
    ),
    "refusal.password_too_short": (
        "This password is too short, so please make it longer[: at least {min} characters]."
    ),
    "refusal.password_too_long": (
        "This password is too long, so please make it shorter[: at most {max} characters]."
    ),
    "refusal.password_too_common": (
        "This password is easy to guess, so please choose another: four unrelated words work well."
    ),
    "refusal.password_has_context": (
        "This password contains your address, your number or our name, which are guessed first, so "
        "please leave them out."
    ),
    "refusal.identifier_invalid": (
        "Please enter an e-mail address, such as name@example.com, or a mobile number, such as "
        "+46 70 123 45 67."
    ),
    "refusal.email_invalid": (
        "This is not a complete e-mail address, so please check it: it looks like name@example.com."
    ),
    "refusal.phone_invalid": (
        "This is not a complete mobile number, so please check it: with its country code it looks "
        "like +46 70 123 45 67."
    ),
    "refusal.phone_not_served": (
        "We cannot send codes to this number, so please use another mobile number or an e-mail "
        "address."
    ),
    "refusal.identifier_unavailable": (
        "This address or number cannot be used, so please choose another."
    ),
    "refusal.robot_failed": "The robot check did not go through, so please do it once more.",
    "refusal.robot_unavailable": (
        "The robot check cannot be made just now, so please try again in a moment."
    ),
    "refusal.missing": "Please fill this in to go on.",
    "refusal.step_moved_on": "That page was out of date, so here is the step you are at now.",
    "refusal.already_bound": "Your account already has this, so nothing was changed.",
    "refusal.account_frozen": (
        "This account is frozen to protect it, so please unfreeze it first, or contact support."
    ),
    "refusal.settings_locked": (
        "The security settings are locked[ until {until:end}], so this cannot be changed yet."
    ),
    "refusal.account_closed": "This account is closed, so it can no longer be used.",
    "refusal.flow_expired": "This page has been open too long, so please start again.",
    "refusal.flow_finished": "This is already finished, so please start again if you still need it.",
    "refusal.no_such_session": "That device is already logged out, so there is nothing left to do.",
    "refusal.not_offered": "That is not possible here, so please use one of the ways shown.",
    "refusal.proof_too_old": (
        "Some minutes have passed, so please confirm once more that it is you."
    ),
    "refusal.must_agree": "Please confirm that you agree, so that we can go on.",
    "refusal.not_bound": "Your account does not have this, so there is nothing to unbind.",
    "refusal.bind_totp_first": (
        "Unbinding needs an authenticator app, an e-mail address and a mobile number all bound, so "
        "please bind an authenticator app first."
    ),
    "refusal.bind_email_first": (
        "Unbinding needs an authenticator app, an e-mail address and a mobile number all bound, so "
        "please bind an e-mail address first."
    ),
    "refusal.bind_phone_first": (
        "Unbinding needs an authenticator app, an e-mail address and a mobile number all bound, so "
        "please bind a mobile number first."
    ),
    "refusal.below_minimum": (
        "Without this your account would have less protection than is required here, so please "
        "bind something else first."
    ),
    "refusal.no_password_yet": "Your account has no password yet, so please set one instead.",
    "refusal.bind_second_factor_first": (
        "This needs a second factor, so please bind an authenticator app first."
    ),
    "refusal.factor_too_new": (
        "What would approve this was bound less than a day ago, so please try again later[: from "
        "{until:end}]."
    ),
    "refusal.hold_active": (
        "This is paused for your account's safety[ until {until:end}], so please come back when the "
        "pause is over."
    ),
    "refusal.no_such_decision": (
        "There is nothing to approve here any more, so please start again where you came from."
    ),
    "refusal.payout_address_known": "This address is on your list already, so nothing was changed.",
    "refusal.no_such_payout_address": "This address is not on your list, so nothing was changed.",
    "refusal.text_unfit": (
        "This is empty, too long or has characters that cannot stand here, so please check it[: at "
        "most {max} characters]."
    ),
    "refusal.days_unfit": "Please choose a number of days[ from {min} to {max}].",
    "refusal.already_so": "It is like this already, so nothing was changed.",
    "refusal.already_waiting": (
        "This was confirmed before and is waiting for its time, so nothing more is needed."
    ),
    "refusal.nothing_waits": "Nothing is waiting, so there is nothing to stop.",
    "refusal.proof_too_weak_now": (
        "This was done not long ago with a link or a code alone, so please log in or use your "
        "password this time."
    ),
    "refusal.notice_token_invalid": (
        "This link is no longer good, so please use the one in our newest message, or log in."
    ),
    "refusal.undo_too_late": (
        "This change can no longer be undone by a link, so please log in, or contact support."
    ),
}
