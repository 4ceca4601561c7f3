"""Operations: settings, commands, logs, metrics, the embedded database."""
