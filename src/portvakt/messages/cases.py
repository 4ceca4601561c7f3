"""Reviewed cases in words: what is lost, the form, each message on the way (S48–S62), and what staff read."""

from portvakt.messages.base import Plural, Topic

TEXTS: Topic = {
    # ── what can be lost, what is asked ───────────────────────────────────────────────────────
    "lost.totp": "My authenticator app",
    "lost.email": "My e-mail address: I can no longer read it",
    "lost.phone": "My mobile number: I can no longer receive SMS",
    "lost.password": "My password",
    "question.created": "In which month did you make this account? For example 2025-03.",
    "question.places": "From which places do you usually log in?",
    "question.devices": "Which devices do you usually use? For example iPhone, Windows.",
    "question.recent": "What did you last send or withdraw? Amounts and dates as you remember them.",
    "question.balance": "About how much is in the account now?",
    "question.reason": "What happened?",
    "question.reply": "Your answer to our question",
    "question.statement": "Is there anything else that shows that the account is yours?",
    # ── actions ───────────────────────────────────────────────────────────────────────────────
    "do.reset_second_factor": "reset a lost authenticator app",
    "do.unbind_lost_email": "unbind a lost e-mail address",
    "do.unbind_lost_phone": "unbind a lost mobile number",
    "do.add_to_case": "add something to your application",
    "do.view_case": "look at your application",
    "do.decide_case": "decide a case",
    "action.reset_second_factor.title": "Lost authenticator app",
    "action.reset_second_factor.button": "Apply",
    "action.reset_second_factor.done": (
        "The authenticator app is unbound. Log in at once and bind a new one."
    ),
    "action.unbind_lost_email.title": "Lost e-mail address",
    "action.unbind_lost_email.button": "Apply",
    "action.unbind_lost_email.done": "The e-mail address is unbound. Bind a new one as soon as possible.",
    "action.unbind_lost_phone.title": "Lost mobile number",
    "action.unbind_lost_phone.button": "Apply",
    "action.unbind_lost_phone.done": "The mobile number is unbound. Bind a new one as soon as possible.",
    "action.add_to_case.title": "Add to your application",
    "action.add_to_case.button": "Send",
    "action.add_to_case.done": "Thank you. Our reviewers look at your application once more.",
    "action.view_case.title": "Your application",
    "action.view_case.button": "Show",
    "action.view_case.done": "This is how far your application has come.",
    "action.decide_case.title": "Decide a case",
    "action.decide_case.button": "Vote",
    "action.decide_case.done": "Your vote is counted.",
    "activity.reset_second_factor.done": "The lost authenticator app was unbound after review",
    "activity.unbind_lost_email.done": "The lost e-mail address was unbound after review",
    "activity.unbind_lost_phone.done": "The lost mobile number was unbound after review",
    "activity.add_to_case.done": "Something was added to the application",
    "activity.view_case.done": "The application was looked at",
    "activity.decide_case.done": "A vote about a case was cast",
    "activity.case.viewed": "One of our reviewers looked at the application",
    "activity.case.evidence_opened": "One of our reviewers opened a file of the application",
    # ── steps and fields ──────────────────────────────────────────────────────────────────────
    "step.lost.title": "What have you lost?",
    "step.lost.text": (
        "Tick everything that you can no longer use. Everything else has to be confirmed, so tick only "
        "what is really lost."
    ),
    "step.reset_second_factor.who.title": "Confirm what you still have",
    "step.unbind_lost_email.who.title": "Confirm what you still have",
    "step.unbind_lost_phone.who.title": "Confirm what you still have",
    "step.remaining.title": "Confirm what you still have",
    "step.remaining.text": "We have sent a code to everything that you can still use.",
    "step.form.title": "Tell us about your account",
    "step.form.text": (
        "Two of our reviewers read this. Answer from memory, as well as you can; nobody remembers "
        "everything. A picture of an identity document, and one of you holding a note with the code "
        "below, help us to know you; they are needed where more than one thing is lost, or little is "
        "left that shows who you are."
    ),
    "step.case_number.title": "Your application",
    "step.case_number.text": "Its number stands in each of our messages about it.",
    "step.more.title": "Answer our questions",
    "step.more.text": "Write your answers, and add pictures where we asked for them.",
    "step.vote.title": "Decide a case",
    "step.vote.text": (
        "Two different reviewers approve; one rejection rejects. Open every picture before you vote."
    ),
    "field.lost.label": "What is lost",
    "field.lost.hint": "What you tick is unbound if we approve.",
    "field.answers.label": "Your answers",
    "field.answers.hint": "The reviewers of this case alone read them.",
    "field.files.label": "Pictures",
    "field.files.hint": "JPEG, PNG, HEIC or PDF. They are seen by the reviewers of this case alone.",
    "field.case_number.label": "Number of the application",
    "field.case_number.hint": "For example 7K3M-9QX2.",
    "field.vote.label": "Your vote",
    "field.vote.hint": "It cannot be changed.",
    "field.reason.label": "Reason",
    "field.reason.hint": "For the file; the applicant reads it where the application is rejected.",
    "field.alternatives.label": "What the applicant can do instead",
    "field.alternatives.hint": "Needed for a rejection.",
    "field.questions.label": "What you want to know",
    "field.questions.hint": "Needed where you ask for more; the applicant reads it.",
    "vote.approve": "Approve",
    "vote.reject": "Reject",
    "vote.ask": "Ask for more",
    # ── refusals and what it costs ────────────────────────────────────────────────────────────
    "refusal.nothing_lost": (
        "Your account does not have what you reported lost, so there is nothing to unbind."
    ),
    "refusal.nothing_kept": (
        "With nothing left that shows that the account is yours there is another way: on the page "
        "about codes, choose that you have nothing left."
    ),
    "refusal.rejected_lately": (
        "Your last application was rejected, so please read our message about it; a new one is "
        "possible[ after {until:end}]."
    ),
    "refusal.answers_unfit": "Please answer the questions in the form, each in at most 2000 characters.",
    "refusal.answer_missing": "Please answer every question of the form[, this one too: {question}]",
    "refusal.file_type_not_accepted": "We take pictures as JPEG, PNG or HEIC, and PDF.",
    "refusal.file_too_large": "This file is too large[: at most {max_bytes} bytes], so please send a smaller one.",
    "refusal.file_unreadable": "We could not read this file, so please take the picture once more.",
    "refusal.file_too_many_pixels": "This picture has too many pixels, so please send a smaller one.",
    "refusal.file_infected": "Our virus scanner did not accept this file, so please take a new picture.",
    "refusal.scanner_unavailable": "Files cannot be looked at just now, so please try again in a moment.",
    "refusal.evidence_unavailable": "We could not look at this file just now, so please try again in a moment.",
    "refusal.too_many_files": "We take no more pictures[ than {max}], so please go on without this one.",
    "refusal.no_picture": "Choose a picture first, then add it.",
    "refusal.no_such_file": "This picture did not arrive, so please send it once more.",
    "refusal.no_such_case": "There is no such application, so please check its number.",
    "refusal.nothing_asked": "We have no open question about this application.",
    "refusal.not_staff": "This is for our own people alone.",
    "refusal.case_rejected": "The application was rejected.",
    "refusal.case_is_over": "This case is decided already, or waits for its applicant.",
    "refusal.own_case": "This case is your own, or that of somebody related to you: others decide it.",
    "refusal.not_drawn": "Somebody else was drawn as second reviewer of this case.",
    "refusal.evidence_unopened": "Open every picture of the case before you vote.",
    "refusal.alternatives_missing": "Tell the applicant what can be done instead.",
    "refusal.questions_missing": "Say what you want to know.",
    "refusal.voted_already": "You have voted about this case already.",
    "page.consequence.reviewed": (
        "Two reviewers decide, at the latest {due:end}. If they approve, it takes effect on {until:end} "
        "at the earliest. Until then it can be stopped."
    ),
    "page.consequence.authenticator_bound": (
        "After that they stay paused until you have bound an authenticator app again."
    ),
    "page.consequence.second_factor_bound": (
        "After that they stay paused until you have bound a second factor again."
    ),
    "warning.hold_until_authenticator_bound": (
        "Withdrawals stay paused at least until you have bound an authenticator app again."
    ),
    "warning.hold_until_second_factor_bound": (
        "Withdrawals stay paused at least until you have bound a second factor again."
    ),
    "hold.reset_second_factor": "A lost authenticator app was unbound",
    "hold.unbind_lost_email": "A lost e-mail address was unbound",
    "hold.unbind_lost_phone": "A lost mobile number was unbound",
    # ── messages on the way ───────────────────────────────────────────────────────────────────
    "notice.reset_second_factor_waiting.subject": "Application {case}: lost authenticator app",
    "notice.reset_second_factor_waiting.line": (
        "Somebody, probably you, applied to have this unbound from your account: {lost}. Two reviewers "
        "decide, at the latest {due:end}. Nothing is unbound before {waits_until:end}, and your "
        "authenticator works until then: using it ends the application."
    ),
    "notice.reset_second_factor_waiting.sms": "Application {case}: lost authenticator, answer by {due:soon}",
    "notice.unbind_lost_email_waiting.subject": "Application {case}: lost e-mail address",
    "notice.unbind_lost_email_waiting.line": (
        "Somebody, probably you, applied to have this unbound from your account: {lost}. Two reviewers "
        "decide, at the latest {due:end}. Nothing is unbound before {waits_until:end}; using what is "
        "reported lost ends the application."
    ),
    "notice.unbind_lost_email_waiting.sms": "Application {case}: lost e-mail address, answer by {due:soon}",
    "notice.unbind_lost_phone_waiting.subject": "Application {case}: lost mobile number",
    "notice.unbind_lost_phone_waiting.line": (
        "Somebody, probably you, applied to have this unbound from your account: {lost}. Two reviewers "
        "decide, at the latest {due:end}. Nothing is unbound before {waits_until:end}; using what is "
        "reported lost ends the application."
    ),
    "notice.unbind_lost_phone_waiting.sms": "Application {case}: lost mobile number, answer by {due:soon}",
    "notice.reset_second_factor.subject": "Your lost authenticator app is unbound: log in now",
    "notice.reset_second_factor.line": (
        "Your application was approved, and the authenticator app is unbound. Log in at once and bind "
        "a new one: until then withdrawals stay paused."
    ),
    "notice.reset_second_factor.sms": "Approved: log in now and bind a new authenticator",
    "notice.unbind_lost_email.subject": "Your lost e-mail address is unbound",
    "notice.unbind_lost_email.line": (
        "Your application was approved, and the e-mail address is unbound. Log in and bind a new one."
    ),
    "notice.unbind_lost_email.sms": "Approved: the e-mail address is unbound",
    "notice.unbind_lost_phone.subject": "Your lost mobile number is unbound",
    "notice.unbind_lost_phone.line": (
        "Your application was approved, and the mobile number is unbound. Log in and bind a new one."
    ),
    "notice.unbind_lost_phone.sms": "Approved: the mobile number is unbound",
    "notice.case_open.subject": "Application {case}: a first reviewer has read it",
    "notice.case_open.line": (
        "One reviewer has read your application; another one, who was drawn, reads it now. You get an "
        "answer at the latest {due:end}."
    ),
    "notice.case_open.sms": "Application {case}: second review, answer by {due:soon}",
    "notice.case_asked.subject": "Application {case}: we have a question",
    "notice.case_asked.line": (
        'Our reviewers want to know: "{questions}" Answer on our pages, with the number of the '
        "application; until then it waits."
    ),
    "notice.case_asked.sms": "Application {case}: we have a question, please answer it",
    "notice.case_approved.subject": "Application {case}: approved",
    "notice.case_approved.line": (
        "Your application was approved. It takes effect {earliest:end} at the earliest; until then it "
        "can be stopped."
    ),
    "notice.case_approved.sms": "Application {case}: approved, from {earliest:soon}",
    "notice.case_rejected.subject": "Application {case}: rejected",
    "notice.case_rejected.line": (
        'Your application was rejected. The reason: "{reason}" What you can do instead: '
        '"{alternatives}" A new application is possible after {again:end}.'
    ),
    "notice.case_rejected.sms": "Application {case}: rejected. Why stands under Your application",
    "notice.case_overdue.subject": "Case {case} is overdue",
    "notice.case_overdue.line": (
        "Case {case} is past its due time, and its applicant is still waiting. Nothing is approved by "
        "itself."
    ),
    "notice.case_overdue.sms": "Case {case} is overdue",
    "notice.case_overdue.unknown": (
        "Open the console, {site}/console, and decide the case, or make sure that somebody does."
    ),
    # ── pages of the applicant ────────────────────────────────────────────────────────────────
    "page.button.reset_second_factor.form": "Send application",
    "page.button.unbind_lost_email.form": "Send application",
    "page.button.unbind_lost_phone.form": "Send application",
    "page.button.view_case.case_number": "Show",
    "page.button.add_to_case.more": "Send",
    "page.progress": "Step {number} of {count}",
    "page.optional": "optional",
    "page.files.needed": (
        "Both are needed here, a picture of an identity document and one of you with the note: more "
        "than one thing is lost, or what you confirmed was bound only lately."
    ),
    "page.files.note": "Write this code on the note in your photo:",
    "page.files.arrived": "has arrived",
    "page.files.choose": "Take or choose a picture",
    "page.files.what": "What it shows",
    "page.files.add": "Add picture",
    "page.flow.review.title": "Your application is with us",
    "page.flow.review.text": (
        "[Its number is {case}. ]Two reviewers decide, at the latest {due:end}; nothing changes before "
        "{until:end}. We write to everything that is bound at each step, and the link there stops it."
    ),
    "page.case.open": "Our reviewers are reading it. You get an answer at the latest {due:end}.",
    "page.case.asked": "We need something more from you.",
    "page.case.approved": "Approved. It takes effect {earliest:end} at the earliest.",
    "page.case.rejected": "It was rejected.",
    "page.case.stopped": "It was stopped. Nothing was changed.",
    "page.case.done": "Approved and done: log in now, and bind again what was unbound.",
    "page.case.what": "About",
    "page.case.submitted": "Sent",
    "page.case.due": "Answer at the latest",
    "page.case.questions": "Our question",
    "page.case.reason": "Why",
    "page.case.alternatives": "What you can do instead",
    "page.done.add_to_case.title": "Your answer is with us",
    "page.security.waiting.review": (
        "Reviewers decide, at the latest {due:end}. If they approve, it takes effect {until:end} at the earliest."
    ),
    # ── the console ───────────────────────────────────────────────────────────────────────────
    "console.queue.title": "Cases",
    "console.case.title": "Case {number}",
    "console.role.reviewer": "Reviewer",
    "console.role.lead": "Lead",
    "console.role.auditor": "Auditor",
    "console.role.operator": "Operator",
    "console.filter": "Show",
    "console.filter.all": "All",
    "console.filter.mine": "Drawn for me",
    "console.filter.overdue": "Overdue",
    "console.filter.doubtful": "Doubtful",
    "console.long_tier": "Identity evidence",
    "console.drawn": "Drawn for you",
    "console.others": "Somebody else was drawn",
    "console.overdue": "Overdue",
    "console.days_left": Plural(
        by="days", one="{days} business day left", other="{days} business days left"
    ),
    "console.due": "Due {at:end}",
    "console.earliest": "Takes effect {at:end} at the earliest",
    "console.level": "Security level {level}",
    "console.score": "Score {score}",
    "console.verdict.plain": "fits",
    "console.verdict.look": "look closely",
    "console.verdict.doubtful": "doubtful",
    "console.verdict.nonsense": "nothing fits",
    "console.approvals": Plural(by="count", one="{count} approval", other="{count} approvals"),
    "console.open": "Open",
    "console.none": "Nothing is waiting.",
    "console.keys": "Keys: j and k move between cases, Enter opens one.",
    "console.state.open": "Open",
    "console.state.asked": "Waits for the applicant",
    "console.state.approved": "Approved, waits for its time",
    "console.state.rejected": "Rejected",
    "console.state.stopped": "Stopped",
    "console.state.done": "Done",
    "console.done.open": "Case {case}: your approval is counted. A second reviewer is drawn and reads it now.",
    "console.done.approved": (
        "Case {case} is approved. It takes effect at its earliest time, and the holder can stop it until then."
    ),
    "console.done.asked": "Case {case}: the applicant is asked. It comes back here with the answer.",
    "console.done.rejected": "Case {case} is rejected. The applicant is told why, and what can be done instead.",
    "console.reported": "Reported lost",
    "console.lost.totp": "Authenticator app",
    "console.lost.email": "E-mail address",
    "console.lost.phone": "Mobile number",
    "console.lost.password": "Password",
    "console.tier.short": "Short way: one thing lost, proofs of two kinds given",
    "console.tier.long": (
        "Long way: more than one thing lost, or too few proofs that are old enough. Identity evidence is needed."
    ),
    "console.will": "If approved",
    "console.will.unbinds": "What is reported lost is unbound, and all devices are logged out.",
    "console.will.hold": "Withdrawals stay paused for {lasts} after that[ and {when}].",
    "console.will.authenticator_bound": "until an authenticator app is bound again",
    "console.will.second_factor_bound": "until a second factor is bound again",
    "console.will.blocked": "Nobody can use the unbound address or number for {lasts}.",
    "console.bound": "bound since {on}[, last used {used:short}]",
    "console.timeline": "What happened",
    "console.timeline.submitted": "Application sent",
    "console.timeline.added": "The applicant answered: everybody looks anew",
    "console.timeline.rejected": "Rejected",
    "console.timeline.stopped": "Stopped",
    "console.timeline.done": "Done",
    "console.save": "Save",
    "console.picture": "{name}, large",
    "console.all_opened": "I have opened all of them: show the vote",
    "console.not_yours": "Somebody else was drawn as second reviewer of this case.",
    "console.yours_given": "You have voted. Somebody else decides now.",
    "console.assessment": "Automatic assessment",
    "console.assessment.text": (
        "Measured by security level {level}. It sorts and flags; it approves nothing, and answers alone "
        "never suffice."
    ),
    "console.clock": "Business-day clock",
    "console.claims": "What was claimed, and what we know",
    "console.question": "Question",
    "console.claim": "Claim",
    "console.known": "Known",
    "console.result": "Counts",
    "console.counts": "{points} of {weight}",
    "console.you_read": "you read",
    "console.added": "Added later",
    "console.files": "Evidence",
    "console.note_code": "The note in the photo must show the code {code}.",
    "console.file.document": "Identity document",
    "console.file.photo": "Photo with note",
    "console.file.other": "Other picture",
    "console.no_files": "No pictures were sent.",
    "console.erased": "Erased after its time",
    "console.account": "The account",
    "console.since": "Account since {on}",
    "console.lost": "reported lost",
    "console.other_reviewer": "Another reviewer",
    "console.open_first": Plural(
        by="count",
        one="Open {count} more picture before you can vote.",
        other="Open {count} more pictures before you can vote.",
    ),
    "console.your_vote": "Your vote",
    "console.preview": "Preview of the message",
    "console.send": "Vote",
    # ── nothing left, and cases that were stopped twice ───────────────────────────────────────
    "do.recover_account": "recover the account",
    "action.recover_account.title": "I have nothing left to log in with",
    "action.recover_account.button": "Apply",
    "action.recover_account.done": "The account is yours again. Choose a new password to log in.",
    "activity.recover_account.done": "The account was given back after review",
    "question.identity": (
        "Please send a picture of an identity document, and one of you holding a note with the code "
        "that is shown here."
    ),
    "step.recover.title": "Get your account back",
    "step.recover.text": (
        "For when you have lost everything: password, authenticator, e-mail and phone. Do you still "
        "have one of them? Then the other ways are quicker."
    ),
    "step.new_channel.title": "How do we reach you?",
    "step.new_channel.text": (
        "An address or number that you read now. If we approve, you log in with it."
    ),
    "step.new_channel_code.title": "Confirm that it is yours",
    "step.new_channel_code.text": "We have sent a code to it.",
    "step.proof.title": "Is it yours?",
    "step.proof.text": "Only whoever applied sees how far it has come.",
    "refusal.evidence_incomplete": (
        "Please add both: a picture of an identity document, and one of you holding the note with the "
        "code."
    ),
    "hold.recover_account": "The account was given back after review",
    "notice.recover_account_waiting.subject": (
        "Application {case}: somebody wants this account back"
    ),
    "notice.recover_account_waiting.line": (
        "Somebody who says that everything is lost, password, authenticator, e-mail and phone, "
        "applied to be given this account. Two reviewers decide, at the latest {due:end}, and nothing "
        "changes before {waits_until:end}. Is it not you, or do you still have any of it? Then stop "
        "it: logging in is enough."
    ),
    "notice.recover_account_waiting.sms": (
        "Application {case}: somebody wants this account, from {waits_until:soon}"
    ),
    "notice.recover_account.subject": "The account was given back after review",
    "notice.recover_account.line": (
        "The application was approved a month ago and nobody stopped it. Everything that was bound is "
        "unbound, and the account is reached by the applicant's new address alone: a new password is "
        "chosen with it under Forgotten password."
    ),
    "notice.recover_account.sms": "The account was given back after review. Choose a new password",
    "notice.applied.subject": "Application {case}: we have it",
    "notice.applied.line": (
        "Two reviewers read your application, and you get an answer at the latest {due:end}. Keep its "
        "number: {case}. If they approve, it takes effect {waits_until:end} at the earliest."
    ),
    "notice.applied.sms": "We have your application {case}, answer by {due:soon}",
    "notice.stop_case_doubted.subject": "Application {case}: more is asked of its applicant",
    "notice.stop_case_doubted.line": (
        "The application was stopped once more from the same address. So it goes on more slowly "
        "instead: its applicant has to show who he is, and nothing takes effect before "
        "{earliest:end}. Logging in and stopping it there ends it for good."
    ),
    "notice.stop_case_doubted.sms": "Application {case}: more is asked, nothing before {earliest:soon}",
    "notice.case_doubted.subject": "Case {case}: stopped again from one address",
    "notice.case_doubted.line": (
        "Somebody who reads one of the account's addresses, and has shown nothing else, stopped case "
        "{case} a second time. It now takes identity evidence and waits a week longer. Either of the "
        "two may be the owner."
    ),
    "notice.case_doubted.sms": "Case {case}: stopped again from one address",
    "notice.case_doubted.unknown": "Look at it again in the console: {site}/console.",
    "case.nobody.reason": "We could not connect what you wrote with an account.",
    "case.nobody.alternatives": (
        "Check the address or number that you logged in with, and try what you still have: one "
        "mailbox, one phone or one device is enough for the quicker ways."
    ),
    "mail.notice.application": (
        "You can see how far it has come at {site}/case, with the number of the application and a "
        "code that we send to this address."
    ),
    "page.button.recover_account.form": "Send application",
    "page.codes.lost.everything": "I have nothing left: no password, no code",
    "page.done.stop_case_doubted.title": "It goes on, more slowly",
    "action.stop_case_doubted.done": (
        "This was stopped from the same address before, and nothing else was shown. So it is not "
        "ended: its applicant has to show who he is, and it waits a week longer. Log in and stop it "
        "there to end it."
    ),
    "offer.new_phone": "Use a mobile number instead",
    "offer.new_email": "Use an e-mail address instead",
    "activity.stop_case.doubted": "An application was stopped again, and has to show more now",
    "mail.code.recover_account.not_you": (
        "If you did not ask for this, you need not do anything. Keep the code to yourself."
    ),
    "mail.code.view_case.not_you": (
        "If you did not ask for this, you need not do anything. Keep the code to yourself."
    ),
    "mail.code.add_to_case.not_you": (
        "If you did not ask for this, you need not do anything. Keep the code to yourself."
    ),
}
