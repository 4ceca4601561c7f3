"""The registry: action id → what it changes. One file and one line each."""

from collections.abc import Mapping
from typing import Final

from portvakt.actions.add_passkey import AddPasskey
from portvakt.actions.add_payout_address import AddPayoutAddress
from portvakt.actions.add_staff import AddStaff
from portvakt.actions.add_to_case import AddToCase
from portvakt.actions.approve_protected_action import ApproveProtectedAction
from portvakt.actions.base import Action
from portvakt.actions.bind_email import BindEmail
from portvakt.actions.bind_phone import BindPhone
from portvakt.actions.bind_totp import BindTotp
from portvakt.actions.change_password import ChangePassword
from portvakt.actions.change_staff_role import ChangeStaffRole
from portvakt.actions.close_account import CloseAccount
from portvakt.actions.decide_case import DecideCase
from portvakt.actions.decide_proposal import DecideProposal
from portvakt.actions.end_other_sessions import EndOtherSessions
from portvakt.actions.end_session import EndSession
from portvakt.actions.export_data import ExportData
from portvakt.actions.freeze_account import FreezeAccount
from portvakt.actions.freeze_by_staff import FreezeByStaff
from portvakt.actions.lift_staff_freeze import LiftStaffFreeze
from portvakt.actions.lock_settings import LockSettings
from portvakt.actions.new_recovery_codes import NewRecoveryCodes
from portvakt.actions.payout_list_only_off import PayoutListOnlyOff
from portvakt.actions.payout_list_only_on import PayoutListOnlyOn
from portvakt.actions.propose import Propose
from portvakt.actions.recover_account import RecoverAccount
from portvakt.actions.remove_passkey import RemovePasskey
from portvakt.actions.remove_payout_address import RemovePayoutAddress
from portvakt.actions.remove_staff import RemoveStaff
from portvakt.actions.reset_password import ResetPassword
from portvakt.actions.reset_second_factor import ResetSecondFactor
from portvakt.actions.set_password import SetPassword
from portvakt.actions.set_phrase import SetPhrase
from portvakt.actions.sign_in import SignIn
from portvakt.actions.sign_up import SignUp
from portvakt.actions.stop_case import StopCase
from portvakt.actions.unbind_email import UnbindEmail
from portvakt.actions.unbind_lost_email import UnbindLostEmail
from portvakt.actions.unbind_lost_phone import UnbindLostPhone
from portvakt.actions.unbind_phone import UnbindPhone
from portvakt.actions.unbind_totp import UnbindTotp
from portvakt.actions.undo_change import UndoChange
from portvakt.actions.unfreeze_account import UnfreezeAccount
from portvakt.actions.unlock_settings import UnlockSettings
from portvakt.actions.view_case import ViewCase

APPLY: Final[Mapping[str, Action]] = {
    "sign_up": SignUp(),
    "sign_in": SignIn(),
    "reset_password": ResetPassword(),
    "change_password": ChangePassword(),
    "set_password": SetPassword(),
    "bind_email": BindEmail(),
    "bind_phone": BindPhone(),
    "bind_totp": BindTotp(),
    "unbind_email": UnbindEmail(),
    "unbind_phone": UnbindPhone(),
    "unbind_totp": UnbindTotp(),
    "add_passkey": AddPasskey(),
    "remove_passkey": RemovePasskey(),
    "new_recovery_codes": NewRecoveryCodes(),
    "approve_protected_action": ApproveProtectedAction(),
    "add_payout_address": AddPayoutAddress(),
    "remove_payout_address": RemovePayoutAddress(),
    "payout_list_only_on": PayoutListOnlyOn(),
    "payout_list_only_off": PayoutListOnlyOff(),
    "lock_settings": LockSettings(),
    "unlock_settings": UnlockSettings(),
    "freeze_account": FreezeAccount(),
    "unfreeze_account": UnfreezeAccount(),
    "undo_change": UndoChange(),
    "stop_case": StopCase(),
    "close_account": CloseAccount(),
    "export_data": ExportData(),
    "set_phrase": SetPhrase(),
    "end_session": EndSession(),
    "end_other_sessions": EndOtherSessions(),
    "add_to_case": AddToCase(),
    "decide_case": DecideCase(),
    "propose": Propose(),
    "decide_proposal": DecideProposal(),
    "freeze_by_staff": FreezeByStaff(),
    "lift_staff_freeze": LiftStaffFreeze(),
    "add_staff": AddStaff(),
    "change_staff_role": ChangeStaffRole(),
    "remove_staff": RemoveStaff(),
    "recover_account": RecoverAccount(),
    "reset_second_factor": ResetSecondFactor(),
    "unbind_lost_email": UnbindLostEmail(),
    "unbind_lost_phone": UnbindLostPhone(),
    "view_case": ViewCase(),
}
