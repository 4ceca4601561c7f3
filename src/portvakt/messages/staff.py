"""What our own people do about accounts and about one another: proposals, freezes, roles (A105)."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    # ── actions ───────────────────────────────────────────────────────────────────────────────
    "do.propose": "make a proposal about an account",
    "do.decide_proposal": "decide a proposal",
    "do.freeze_by_staff": "freeze an account",
    "do.lift_staff_freeze": "lift our freeze of an account",
    "do.add_staff": "give somebody a role among our people",
    "do.change_staff_role": "give one of our people another role",
    "do.remove_staff": "take the role of one of our people away",
    "action.propose.title": "Make a proposal",
    "action.propose.button": "Propose",
    "action.propose.done": "It is proposed, or done where that takes one person.",
    "action.decide_proposal.title": "Decide a proposal",
    "action.decide_proposal.button": "Decide",
    "action.decide_proposal.done": "Your decision is counted.",
    "action.freeze_by_staff.title": "Freeze an account",
    "action.freeze_by_staff.button": "Freeze",
    "action.freeze_by_staff.done": "The account is frozen. Its holder is told.",
    "action.lift_staff_freeze.title": "Lift a freeze",
    "action.lift_staff_freeze.button": "Propose to lift it",
    "action.lift_staff_freeze.done": "Our freeze is lifted. Its holder is told.",
    "action.add_staff.title": "Add a colleague",
    "action.add_staff.button": "Propose",
    "action.add_staff.done": "The role is given. It counts a day from now.",
    "action.change_staff_role.title": "Another role",
    "action.change_staff_role.button": "Propose",
    "action.change_staff_role.done": "The old role is over. The new one counts a day from now.",
    "action.remove_staff.title": "Remove a colleague",
    "action.remove_staff.button": "Propose",
    "action.remove_staff.done": "The role is taken away.",
    "activity.propose.done": "A proposal about an account was made",
    "activity.decide_proposal.done": "A proposal about an account was decided",
    "activity.freeze_by_staff.done": "Our people froze the account",
    "activity.lift_staff_freeze.done": "Our people lifted their freeze of the account",
    "activity.add_staff.done": "The account was given a role among our people",
    "activity.change_staff_role.done": "The account was given another role among our people",
    "activity.remove_staff.done": "The account's role among our people was taken away",
    "hold.lift_staff_freeze": "Our freeze of the account was lifted",
    # ── steps and fields ──────────────────────────────────────────────────────────────────────
    "step.proposal.title": "Make a proposal",
    "step.proposal.text": (
        "A freeze takes effect at once. Everything else takes effect when another one of you approves it."
    ),
    "step.proposal_vote.title": "Decide a proposal",
    "step.proposal_vote.text": "Who made it cannot approve it.",
    "field.what.label": "What is to be done",
    "field.what.hint": "Everybody whom it concerns is told.",
    "field.whom.label": "Whose account",
    "field.whom.hint": "Its id, its e-mail address or mobile number, or the number of its case.",
    "field.name.label": "Name",
    "field.name.hint": "For their colleagues.",
    "field.role.label": "Role",
    "field.role.hint": "What they may do here.",
    "field.proposal.label": "Proposal",
    "field.proposal.hint": "Its id.",
    # ── refusals ──────────────────────────────────────────────────────────────────────────────
    "refusal.frozen_by_staff": (
        "We have frozen this account to protect it, and only we can lift that, so please contact "
        "us[ at {support}]."
    ),
    "refusal.no_such_account": (
        "There is no account with this id, address, number or case, so please check it."
    ),
    "refusal.own_account": (
        "This is about you, or about somebody related to you, so please leave it to others."
    ),
    "refusal.not_your_role": "Your role has no say in this, so please ask somebody whose role has.",
    "refusal.already_proposed": (
        "The same is proposed already, so what is missing is that another one of you approves it."
    ),
    "refusal.no_such_proposal": "There is no such proposal, so please look at the list again.",
    "refusal.own_proposal": "You proposed this yourself, so another one of you has to approve it.",
    "refusal.proposal_is_over": "This is decided already, or its time is over, so nothing was changed.",
    "refusal.proposer_gone": (
        "Who proposed this has another role now, or none, so please turn it down and propose it anew."
    ),
    "refusal.already_ours": "This account has a role already, so please change that one instead.",
    "refusal.not_ours": "This account has no role among your people, so nothing was changed.",
    "refusal.no_authenticator": (
        "This account has no passkey and no authenticator app yet, so its holder must bind one first."
    ),
    "page.refused.frozen_by_staff.title": "We have frozen this account",
    # ── notices to the holder ─────────────────────────────────────────────────────────────────
    "notice.freeze_by_staff.subject": "We have frozen your account",
    "notice.freeze_by_staff.line": (
        "We have frozen your account to protect it. Nothing can leave it, nobody can log in, and "
        "everybody was logged out. Only we can lift this."
    ),
    "notice.freeze_by_staff.sms": "We have frozen your account to protect it",
    "notice.freeze_by_staff.unknown": (
        "To have it lifted, or if you do not know why, contact {operator}[ at {support}]."
    ),
    "notice.lift_staff_freeze.subject": "Your account is no longer frozen by us",
    "notice.lift_staff_freeze.line": (
        "We have lifted our freeze of your account. If you froze it yourself as well, that stays until "
        "you unfreeze it."
    ),
    "notice.lift_staff_freeze.sms": "Your account is no longer frozen by us",
    "notice.add_staff.subject": "You were given a role: {role}",
    "notice.add_staff.line": (
        "Your account was given the role {role} among the people of {operator}, with the name {name}. It "
        "counts from {from:end}."
    ),
    "notice.add_staff.sms": "You were given a role: {role}",
    "notice.add_staff.unknown": (
        "Do you not know of this? Then say so at once to whoever runs {operator}[, at {support}]."
    ),
    "notice.change_staff_role.subject": "Your role is now {role}",
    "notice.change_staff_role.line": (
        "Your role among the people of {operator} is {role} now. It counts from {from:end}; your old one "
        "is over."
    ),
    "notice.change_staff_role.sms": "Your role is now {role}",
    "notice.change_staff_role.unknown": (
        "Do you not know of this? Then say so at once to whoever runs {operator}[, at {support}]."
    ),
    "notice.remove_staff.subject": "You have no role any more",
    "notice.remove_staff.line": (
        "Your role among the people of {operator} was taken away. Your account is as it was."
    ),
    "notice.remove_staff.sms": "You have no role any more",
    "notice.remove_staff.unknown": (
        "Do you not know of this? Then say so at once to whoever runs {operator}[, at {support}]."
    ),
    # ── notices to our own people ─────────────────────────────────────────────────────────────
    "notice.staff_proposed.subject": "Proposed by {by}: to {what}",
    "notice.staff_proposed.line": (
        "{by} proposed to {what}: {whom}[, as {role}]. It takes effect when another one of you approves "
        "it in the console, at the latest {before:end}."
    ),
    "notice.staff_proposed.sms": "{by} proposed to {what}",
    "notice.staff_proposed.unknown": (
        "It stands in the console, {site}/console. Do you not know what it is about? Then ask before you "
        "approve it, and turn it down where nobody can tell."
    ),
    "notice.staff_done.subject": "Approved by {second}: to {what}",
    "notice.staff_done.line": (
        "{by} proposed and {second} approved to {what}: {whom}[, as {role}]. It is done[ and counts from "
        "{from:end}]."
    ),
    "notice.staff_done.sms": "{by} proposed and {second} approved to {what}",
    "notice.staff_done.unknown": (
        "Do you not know of this? Then say so at once to whoever runs {operator}[, at {support}]: a "
        "stranger with a role can freeze accounts, read applications and vote about them."
    ),
    "notice.staff_commanded.subject": "By the operator's command: to {what}",
    "notice.staff_commanded.line": (
        "The operator's command was used to {what}: {whom}[, as {role}]. It is done[ and counts from "
        "{from:end}]."
    ),
    "notice.staff_commanded.sms": "The operator's command was used to {what}",
    "notice.staff_commanded.unknown": (
        "Do you not know of this? Then say so at once to whoever runs {operator}[, at {support}]: a "
        "stranger with a role can freeze accounts, read applications and vote about them."
    ),
    "notice.staff_turned_down.subject": "Turned down: to {what}",
    "notice.staff_turned_down.line": (
        "What {by} had proposed was turned down[ by {second}]: to {what}, {whom}[, as {role}]. Nothing was "
        "changed."
    ),
    "notice.staff_turned_down.sms": "Turned down: to {what}",
    "notice.staff_turned_down.unknown": "Why stands in the console, {site}/console.",
    # ── the console ───────────────────────────────────────────────────────────────────────────
    "console.nav": "Console",
    "console.people.title": "People",
    "console.people.text": (
        "Who has a role here. Each change is proposed by one of you and approved by another; all of you "
        "are told."
    ),
    "console.people.you": "you",
    "console.people.later": "Counts from {at:end}",
    "console.people.since": "Since {on}",
    "console.people.change": "Change",
    "console.people.add_text": (
        "They sign up and bind an authenticator app first. The role counts a day after the approval."
    ),
    "console.people.role_text": "The old role is over at once; the new one counts a day after the approval.",
    "console.people.remove_text": "Their role is over at once when another one of you approves it.",
    "console.people.few": (
        "Only leads and operators change who is here. Whoever reads this as an auditor or a reviewer sees all of it."
    ),
    "console.frozen.title": "Frozen accounts",
    "console.frozen.text": (
        "What is frozen here only you can lift, two of you together. The holder's own freeze is not in this list."
    ),
    "console.frozen.none": "No account is frozen by us.",
    "console.frozen.since": "Frozen {at:short} by {by}",
    "console.frozen.new": "Freeze an account",
    "console.frozen.new_text": (
        "One of you is enough. Nothing can leave the account, everybody is logged out, what was waiting is "
        "stopped, and the holder is told at once."
    ),
    "console.frozen.case_text": (
        "One of you is enough. Everybody is logged out of this account and its holder is told; the "
        "application is stopped with it, and can be made anew."
    ),
    "console.frozen.case": "This looks like a thief",
    "console.frozen.reason": "Why it is to be frozen",
    "console.frozen.is": "This account is frozen by us. What an approval unbinds does not lift that.",
    "console.frozen.lift_text": "Withdrawals stay paused for a day after that.",
    "console.proposals.title": "Waits for a second person",
    "console.proposals.none": "Nothing is proposed.",
    "console.proposals.by": "{by} · {at:short}",
    "console.proposals.until": "Until {at:end}",
    "console.proposals.yours": "Your own proposal: another one of you decides.",
    "console.proposals.gone": "Who proposed this has another role now, or none.",
    "console.proposals.approve": "Approve",
    "console.proposals.turn_down": "Turn down",
    "console.proposals.take_back": "Take back",
    "console.proposals.decide": "Decide",
    "console.proposals.past": "Decided lately",
    "console.proposals.done": "Done",
    "console.proposals.turned_down": "Turned down",
    "console.proposals.expired": "Nobody decided in time",
    "console.now.done": "It is done. Everybody whom it concerns is told.",
    "console.now.open": "It is proposed. It takes effect when another one of you approves it.",
    "console.now.turned_down": "It is turned down, and nothing was changed.",
}
