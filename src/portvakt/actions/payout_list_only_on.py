"""From now on value goes to the listed payout addresses only."""

from portvakt.actions.payout_list_only import PayoutListOnly


class PayoutListOnlyOn(PayoutListOnly):
    on = True
