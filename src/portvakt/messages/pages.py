"""Everything that pages say beside the steps: frame, security centre, help, mailbox, error pages."""

from portvakt.messages.base import Plural, Topic

TEXTS: Topic = {
    # frame
    "page.skip": "Go to the content",
    "page.title.error": "Not yet done",
    "page.menu": "Account menu",
    "page.menu.who": "Logged in as",
    "page.menu.security": "Security",
    "page.menu.activity": "Activity",
    "page.menu.sign_out": "Log out",
    "page.support": "Support: {address}",
    "page.terms": "Terms",
    "page.privacy": "Privacy",
    "page.help.codes.link": "Help with codes",
    "page.address_hint": "Before you type your password, check that the address bar says",
    "page.unit.d": "d",
    "page.unit.h": "h",
    "page.unit.min": "min",
    "page.unit.s": "s",
    # steps
    "page.button.sign_in": "Log in",
    "page.button.next": "Next",
    "page.button.confirm": "Confirm",
    "page.button.create": "Create account",
    "page.cancel": "Cancel",
    "page.cancelled": "Cancelled. Nothing was changed.",
    "page.wait_left": "Time left:",
    "page.sign_in.to_sign_up": "New here? Sign up",
    "page.sign_up.to_sign_in": "Already have an account? Log in",
    "page.password.show": "Show",
    "page.password.hide": "Hide",
    "page.code.resend": "Send a new code",
    "page.code.resend_in": "in",
    "page.code.help": "Trouble with the code?",
    "page.code.trouble": "What to do when a code does not work",
    "page.code.sent_again": "A new code is on its way. Only the newest code works.",
    "page.robot.noscript": (
        "This one check needs JavaScript. Allow it for this page and load the page again. "
        "Logging in works without it."
    ),
    "page.copy": "Copy",
    "page.copied": "Copied",
    "page.totp.step.install": (
        "Install an authenticator app on your phone, such as Google Authenticator, and open it."
    ),
    "page.totp.step.scan": "Choose Scan a QR code in the app and point the camera at the code below.",
    "page.totp.step.open": "Open the app by the button below, or paste the account name and the key.",
    "page.totp.step.code": "At the bottom of this page, enter the 6-digit code from the app.",
    "page.totp.qr_alt": (
        "QR code for your authenticator app. If you cannot scan it, use the account name and the "
        "key instead."
    ),
    "page.totp.cannot_scan": "Cannot scan? Choose Enter a setup key in the app and use these two.",
    "page.totp.show_qr": "Show the QR code instead",
    "page.totp.open_app": "Open in authenticator app",
    "page.totp.or_copy": "Or add it by hand: choose Enter a setup key in the app and paste these two.",
    "page.totp.account_name": "Account name",
    "page.totp.key": "Secret key",
    "page.totp.key_type": "Key type: Time based.",
    "page.totp.shown_once": (
        "The key is shown only now. Write it down before you go on: with it you can set up a new "
        "phone."
    ),
    "page.consequence.waits": "It takes effect on {until:end}. Until then it can be stopped.",
    "page.consequence.hold": "Withdrawals will be paused until {until:end} ({lasts}).",
    "page.consequence.hold_open": (
        "Withdrawals will be paused at least until your settings are unlocked."
    ),
    "page.consequence.hold.what": "Paused: {actions}. Trading goes on as usual.",
    "page.consequence.quarantine": (
        "{identifier} cannot be used by anyone until {until:end} ({lasts}), not even by you."
    ),
    "page.consequence.sessions.others": "All other devices will be logged out.",
    "page.consequence.sessions.all": "All devices will be logged out, this one too.",
    "page.consequence.notices": "A notice goes to {addresses}.",
    # a flow that is over
    "page.flow.expired.title": "This took too long",
    "page.flow.expired.text": (
        "For your safety a page like this stays open for a limited time. Nothing was changed. "
        "Please start again."
    ),
    "page.flow.done.title": "This is already finished",
    "page.flow.done.text": "There is nothing more to do on this page.",
    "page.flow.refused.title": "This could not be finished",
    "page.flow.refused.text": "Nothing was changed. You can start again.",
    "page.flow.cancelled.title": "Cancelled",
    "page.flow.cancelled.text": "Nothing was changed.",
    "page.flow.lost.title": "This page is no longer open",
    "page.flow.lost.text": (
        "It is finished, it is too old, or it was opened in another browser. If there is still "
        "something to do, please start again here."
    ),
    "page.again": "Start again",
    "page.to_security": "To Security",
    "page.to_start": "To the first page",
    # success
    "page.done.bind_totp.title": "Your authenticator app is bound",
    "page.done.bind_totp.key.title": "Write the key down",
    "page.done.bind_totp.key": (
        "If you wrote down the key, keep it in a safe place, such as a notebook. Do not upload it "
        "to the internet: no photo, no cloud, no e-mail. With the key you can restore the "
        "authenticator on a new phone."
    ),
    "page.done.bind_totp.missed": (
        "We never show the key again. If you did not write it down, most authenticator apps can "
        "move an account to a new phone themselves, as long as you still have the old one."
    ),
    "page.done.bind_email.title": "Your e-mail address is bound",
    "page.done.bind_phone.title": "Your mobile number is bound",
    "page.done.next": "A good next step",
    # security centre
    "page.security.title": "Security",
    "page.security.level": "Security level",
    "page.security.level_of": "Level {level} of 4",
    "page.security.raise": "What would raise it",
    "page.security.strong": "You have every protection that is on offer today.",
    "page.security.withdrawals": "Withdrawals",
    "page.security.allowed": "Allowed",
    "page.security.allowed.text": (
        "A security change can pause withdrawals for a while; you would see it here."
    ),
    "page.security.paused": "Paused",
    "page.security.paused_until": "Paused until {until}",
    "page.security.paused.text": (
        "Trading goes on as usual. The pause ends by itself; you need not do anything."
    ),
    "page.security.need_second": "A second step is needed",
    "page.security.need_second.text": (
        "Withdrawals open when you have bound an authenticator app or a second channel, so that a "
        "stolen password alone cannot empty your account."
    ),
    "page.security.shut": "Not possible now",
    "page.security.shut.text": "Contact support if you did not expect this.",
    "page.security.holds": "Paused just now",
    "page.security.hold_started": "Started {at}",
    "page.security.hold_ends": "Ends {until}",
    "page.security.hold_actions": "Paused: {actions}",
    "page.security.hold_open": "Ends when the cause is gone",
    "page.security.left": "left:",
    "page.security.ways": "Ways to log in and to confirm",
    "page.security.email": "E-mail address",
    "page.security.phone": "Mobile number",
    "page.security.totp": "Google Authenticator",
    "page.security.password": "Password",
    "page.security.set": "Set",
    "page.security.is_set": "On",
    "page.security.not_set": "Not set",
    "page.security.registered": "Your login name",
    "page.security.since": "Since {on}",
    "page.security.last_used": "last used {at:short}",
    "page.security.never_used": "not used yet",
    "page.security.email.none": "A second way for us to reach you",
    "page.security.phone.none": "A second way for us to reach you",
    "page.security.totp.none": "The best protection: a code that only your phone knows",
    "page.security.sessions": "Where you are logged in",
    "page.security.this_device": "This device",
    "page.security.session_since": "logged in {at:short}",
    "page.security.session_used": "last active {at:short}",
    "page.security.end_session": "Log out",
    "page.security.end_session.label": "Log out {device}",
    "page.security.end_others": "Log out everywhere else",
    "page.security.unknown_device": "Unknown device",
    "page.security.activity": "Recent activity",
    "page.security.all_activity": "All activity",
    "page.security.not_you": (
        "Something here that was not you? Log out everywhere else and contact support at once."
    ),
    "page.security.nudge.title": "One step makes your account much safer",
    "page.security.nudge.bind_totp": (
        "With an authenticator app nobody can get in with your password alone. It takes about two "
        "minutes."
    ),
    "page.security.nudge.bind_email": (
        "Bind an e-mail address, so that we can reach you and so that a stolen password is not "
        "enough to get in."
    ),
    "page.security.nudge.bind_phone": (
        "Bind a mobile number, so that we can reach you and so that a stolen password is not "
        "enough to get in."
    ),
    "page.security.nudge.button": "Set it up",
    "page.security.welcome": "Welcome. Your account is ready.",
    "page.activity.title": "Activity",
    "page.activity.text": "Everything that happened around the security of your account.",
    "page.activity.older": "Older",
    "page.activity.newest": "Newest",
    "page.activity.none": "Nothing yet.",
    "page.activity.no_older": "There is nothing older.",
    "page.signed_out": "You are logged out.",
    "page.session_over": "You were logged out because some time passed. Please log in again.",
    # help with codes (S70)
    "page.codes.title": "When a code does not work",
    "page.codes.text": "Nearly always it is one of these. Try them in this order.",
    "page.codes.app.title": "Code from an authenticator app",
    "page.codes.app.entry": (
        "Look for the right entry: it is called {operator} with your e-mail address or mobile "
        "number in it. If there are several, the newest one counts."
    ),
    "page.codes.app.clock": (
        "Check the phone's clock. The codes are made from the time, and a clock that is one minute "
        "wrong makes wrong codes. Switch on automatic date and time in the phone's settings."
    ),
    "page.codes.app.wait": (
        "Wait for the next code. Each code is valid for 30 seconds and works only once, so after a "
        "try take the next one."
    ),
    "page.codes.app.check": "When this page was loaded it was",
    "page.codes.mail.title": "Code by e-mail",
    "page.codes.mail.spam": "Look in the spam folder and in folders for advertising or updates.",
    "page.codes.mail.newest": "Use the newest e-mail. A new code makes all older ones invalid.",
    "page.codes.mail.life": "Be quick: a code by e-mail works for {lasts}.",
    "page.codes.mail.masked": (
        "Check the address. The page shows a part of the one that we sent to."
    ),
    "page.codes.sms.title": "Code by SMS",
    "page.codes.sms.wait": "Give it a minute. Abroad or with poor reception it can take longer.",
    "page.codes.sms.newest": "Use the newest SMS. A new code makes all older ones invalid.",
    "page.codes.sms.blocked": (
        "Check that your phone does not block messages from unknown senders, and that its memory is "
        "not full."
    ),
    "page.codes.never.title": "Never give a code to anyone",
    "page.codes.never": (
        "We never ask for a code by telephone, e-mail or chat. Whoever does is trying to get into "
        "your account."
    ),
    "page.codes.still.title": "Still no luck?",
    "page.codes.still": "Write to {address}. We never ask for your password or a code.",
    "page.codes.other_solution": "Another solution",
    # sandbox
    "page.sandbox.name": "Sandbox",
    "page.sandbox.line": "Sandbox: no message leaves this machine.",
    "page.sandbox.open": "Open the mailbox",
    "page.sandbox.title": "Mailbox of the sandbox",
    "page.sandbox.text": (
        "Every e-mail and SMS that would have been sent, newest first. New ones appear by "
        "themselves."
    ),
    "page.sandbox.find": "Only messages to",
    "page.sandbox.show": "Show",
    "page.sandbox.none": "No messages yet. Sign up or log in, and they will appear here.",
    "page.sandbox.email": "E-mail",
    "page.sandbox.sms": "SMS",
    "page.sandbox.code": "Code",
    "page.sandbox.whole": "The whole message",
    "page.sandbox.clock": "Clock",
    "page.sandbox.clock.text": "The sandbox's clock can be moved forward to see what happens then.",
    "page.sandbox.now": "It is now {now}.",
    "page.sandbox.by": "+ {lasts}",
    "page.sandbox.to_pages": "To the pages",
    # trouble
    "page.error.title": "That did not work",
    "page.error.csrf.title": "Please try once more",
    "page.error.csrf": (
        "For your safety we take forms only from our own pages, with cookies allowed. Go back, load "
        "the page again and try once more."
    ),
    "page.error.malformed.title": "We could not read that",
    "page.error.malformed": "Something in the form was not as expected. Go back and try again.",
    "page.error.method": "This address cannot be opened like that. Please start from the first page.",
    "page.error.internal.title": "Something went wrong on our side",
    "page.error.internal": (
        "Nothing that you did is wrong. Please try again in a moment. If it goes on, contact "
        "support."
    ),
    "page.error.retry": Plural(
        by="seconds",
        one="Try again in {seconds} second.",
        other="Try again in {seconds} seconds.",
    ),
    "page.sign_in.forgot": "Forgot password?",
    "page.back_to_sign_in": "Back to log in",
    "page.button.reset_password.second_factor": "Confirm",
    "page.button.new_recovery_codes.recovery_codes": "Done",
    "page.button.approve_protected_action.approve": "Approve",
    "page.button.freeze_account.one_proof": "Freeze my account",
    "page.button.unbind_email.agree": "Next",
    "page.button.unbind_phone.agree": "Next",
    "page.download": "Download",
    "page.print": "Print",
    "page.codes_file": "recovery-codes.txt",
    "page.code.cannot_receive": "Cannot receive one of the codes?",
    "page.code.other_solution": "Find another solution here",
    "page.codes.lost.title": "I can no longer receive a code",
    "page.codes.lost": (
        "A closed mailbox, a new number, a lost phone: apply to have it unbound. You confirm everything "
        "that you still have; two reviewers decide within 1 to 3 business days. We never ask you for a "
        "code or a password in a message."
    ),
    "page.codes.lost.email": "I can no longer read my e-mail",
    "page.codes.lost.phone": "I can no longer receive SMS",
    "page.codes.lost.totp": "I have lost my authenticator app",
    "page.flow.waiting.title": "Confirmed, and waiting",
    "page.flow.waiting.text": (
        "Your request to {do} is confirmed[ and takes effect on {until:end}]. Before that it can be "
        "stopped: by you under Security, and by the link in the notices that we have sent."
    ),
    "page.done.reset_password.title": "Your password has been reset",
    "page.done.change_password.title": "Your password is changed",
    "page.done.set_password.title": "Your password is set",
    "page.done.unbind_email.title": "Your e-mail address is unbound",
    "page.done.unbind_phone.title": "Your mobile number is unbound",
    "page.done.unbind_totp.title": "Your authenticator app is unbound",
    "page.done.new_recovery_codes.title": "Your recovery codes are ready",
    "page.done.approve_protected_action.title": "Approved",
    "page.done.add_payout_address.title": "The payout address is added",
    "page.done.lock_settings.title": "Your settings are locked",
    "page.done.freeze_account.title": "Your account is frozen",
    "page.done.undo_change.title": "The change is undone",
    "page.done.stop_case.title": "It is stopped",
    "page.freeze.link": "Something wrong? Freeze your account",
    "page.freeze.text": "Do this when you think that somebody else has been in your account.",
    "page.freeze.nothing_leaves": "At once nothing can leave your account, and trading stops.",
    "page.freeze.all_out": "All devices are logged out, this one too, and nobody can log in.",
    "page.freeze.way_out": (
        "To unfreeze it you log in once more and confirm a code; 24 hours later it opens."
    ),
    "page.notice.title": "This was not me",
    "page.notice.text": (
        "If you did not do what our message says, act here. Nothing happens before you press a button."
    ),
    "page.notice.stop.title": "Stop it",
    "page.notice.stop": "Somebody confirmed a request to {do}. It takes effect on {until:end}, unless you stop it.",
    "page.notice.stop.button": "Stop, this is not me",
    "page.notice.undo.title": "Undo the change",
    "page.notice.undo": (
        "A request to {do} has taken effect. With the password and the second factor that you had "
        "before it you bring everything back as it was, and what was bound since is removed."
    ),
    "page.notice.undo.button": "Undo the change",
    "page.notice.freeze": (
        "Nothing can leave the account then, and everybody is logged out. Only its owner can open it "
        "again."
    ),
    "page.notice.frozen": "Your account is frozen already.",
    "page.notice.was_me": "It was me after all",
    "page.notice.over.title": "This link is over",
    "page.notice.over.text": (
        "It is too old, or was not copied whole. You can still freeze your account without it."
    ),
    "page.notice.over.freeze": "Freeze your account",
    "page.approve.title": "Approve what you asked for",
    "page.approve.text": (
        "{operator} asks whether it was you. On the next page you see exactly what was asked for, "
        "and approve it with your second factor."
    ),
    "page.approve.button": "Look at it",
    "page.approve.not_me": "I did not ask for anything",
    "page.export.file": "my-account-data.json",
    "page.export.save": "Save the file ({size} kB)",
    "page.export.once": "We keep no copy of the file: when you leave this page it has to be made anew.",
    "page.security.change": "Change",
    "page.security.codes": "Recovery codes",
    "page.security.codes.none": (
        "Ten codes to keep on paper, for the day when your authenticator is not at hand."
    ),
    "page.security.password.none": "There is no password: you log in in other ways.",
    "page.security.codes_left": Plural(
        by="left", one="{left} unused code is left", other="{left} unused codes are left"
    ),
    "page.security.cost": (
        "[Takes effect after {waits}. ][Pauses withdrawals for {lasts}. ]"
        "[Nobody can use the old one for {blocked}.]"
    ),
    "page.security.account": "Your account",
    "page.security.locked": (
        "Your settings are locked, so nothing that protects your account can be changed until they "
        "are unlocked."
    ),
    "page.security.waiting": "Confirmed, and waiting",
    "page.security.waiting.until": "Takes effect on {until:end}",
    "page.security.payouts": "Payout addresses",
    "page.security.payouts.none": "None yet.",
    "page.security.payout_from": "Can be used from {at:end}",
    "page.security.only_listed": "Only these addresses",
    "page.security.only_listed.text": (
        "Payouts go to the addresses above only, whoever is logged in."
    ),
    "page.security.more": "More protection",
    "page.security.lock": "Settings lock",
    "page.security.lock.text": (
        "Nothing here can be changed while it is locked. Unlocking takes as many days as you choose."
    ),
    "page.security.lock.on": Plural(
        by="days",
        one="Nothing here can be changed. Unlocking takes {days} day.",
        other="Nothing here can be changed. Unlocking takes {days} days.",
    ),
    "page.security.phrase": "Your own phrase in our messages",
    "page.security.phrase.text": (
        "Choose words that stand in each genuine message from us. A forger does not know them."
    ),
    "page.security.phrase.on": "Each genuine message from us says: {phrase}",
    "page.security.export.text": "Everything that is kept about your account, as a file.",
    "page.security.freeze.text": (
        "At once nothing can leave it and everybody is logged out. Unfreezing it takes 24 hours."
    ),
}
