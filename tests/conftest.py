"""What every test may use. Each topic's fixtures stand in a module of their own."""

pytest_plugins = ["tests.certificates", "tests.database", "tests.proving", "tests.serving"]
