"""Are those there who vouch for people, and are our keys for them fit?"""

from __future__ import annotations

import stat
from collections.abc import Iterator

from portvakt.core import client_of
from portvakt.doctor.finding import Finding
from portvakt.ports.oidc import Provider, ProviderUnavailable
from portvakt.settings import Settings, SettingsError


def providers(settings: Settings) -> Iterator[Finding]:
    for id, one in settings.providers.items():
        about = f"providers.{id}"
        try:
            client = client_of(settings, id)
            there = Provider(client)
        except (SettingsError, ValueError) as error:
            mend = "use the .p8 file as Apple gave it" if one.key_file else "correct the settings"
            yield Finding("fail", about, str(error), mend)
            continue
        file = one.key_file
        if file is not None and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding("fail", about, "its key can be read by others", f"chmod 600 {file.name}")
        try:
            there.check()
        except ProviderUnavailable as error:
            mend = f"compare issuer with {client.issuer}/.well-known/openid-configuration, and let the firewall pass it"
            yield Finding("fail", about, f"cannot be asked: {error.reason}", mend)
        else:
            yield Finding(
                "ok", about, f"{client.label} answers; it must lead back to {client.redirect_uri}"
            )
        finally:
            there.close()
