"""What is said of those who vouch for people. Written for Google; the texts of Apple and of any other
provider are the same with its own name (`catalogue.provider_named`)."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "action.link_google.title": "Link Google",
    "action.link_google.button": "Link",
    "action.link_google.done": "Your Google account is linked. You can log in with it from now on.",
    "action.unlink_google.title": "Unlink Google",
    "action.unlink_google.button": "Unlink",
    "action.unlink_google.done": "Your Google account is unlinked and no longer logs you in.",
    "do.link_google": "link your Google account",
    "do.unlink_google": "unlink your Google account",
    "activity.link_google.done": "An account at Google was linked",
    "activity.unlink_google.done": "The account at Google was unlinked",
    "hold.link_google": "You linked an account at Google soon after something was unbound",
    "hold.unlink_google": "Your Google account was unlinked",
    "notice.link_google.subject": "An account at Google was linked to your account",
    "notice.link_google.line": "An account at Google was linked to your account. It can now log in.",
    "notice.link_google.sms": "An account at Google was linked",
    "notice.unlink_google.subject": "Your Google account was unlinked",
    "notice.unlink_google.line": "The account at Google was unlinked from your account.",
    "notice.unlink_google.sms": "Your Google account was unlinked",
    "offer.google": "Continue with Google",
    "offer.new_google": "Continue with Google",
    "field.google.label": "Google",
    "field.google.hint": "You go to Google and come back here. Your password there stays there.",
    "field.new_google.label": "Google",
    "field.new_google.hint": "You go to Google and come back here. Your password there stays there.",
    "step.link_google.provider.title": "Link Google",
    "step.link_google.provider.text": "Log in at Google with the account that is to be linked.",
    "step.unlink_google.agree.title": "Unlink Google",
    "page.button.google": "Continue to Google",
    "page.security.google": "Google",
    "page.security.google.none": "Log in with your Google account",
    "step.provider.title": "Create your account",
    "step.provider.text": "First show who you are there. Then we ask for an address to reach you at.",
    "offer.new_password": "Use a password instead",
    "refusal.provider_unavailable": (
        "The other side does not answer just now, so please try again in a moment or choose another way."
    ),
    "refusal.provider_failed": "That did not work out, so please try it once more.",
    "refusal.provider_declined": (
        "You cancelled on the other side, so nothing was done; you can try again or choose another way."
    ),
    "refusal.provider_not_linked": (
        "No account here is linked with this one[ at {provider}], so please create an account with it, "
        "or log in another way and link it under Security."
    ),
    "refusal.provider_linked_already": (
        "This is linked to an account here, or was until a moment ago, so it cannot be linked again now."
    ),
    "refusal.wrong_provider": (
        "That is another account there than the one that is linked here, so please choose the linked one."
    ),
    "page.provider.unknown.title": "No account yet",
    "page.provider.unknown.text": "No account here is linked with this one at {provider}.",
    "page.provider.unknown.create": "Create an account",
    "page.provider.unknown.log_in": "I have an account: log in another way",
    "page.provider.unknown.log_in.why": (
        "Afterwards you can link it under Security. We never join accounts because their addresses are "
        "alike."
    ),
    "page.provider.lost.title": "This page belongs to another browser",
    "page.provider.lost.text": (
        "The answer from the other side fits nothing that was begun in this browser, so nothing was done."
    ),
    "page.provider.or": "or",
}
