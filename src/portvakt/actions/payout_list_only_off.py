"""Value may go anywhere again, once the wait is over."""

from portvakt.actions.payout_list_only import PayoutListOnly


class PayoutListOnlyOff(PayoutListOnly):
    on = False
