"""Tests against real PostgreSQL, through the surfaces that people use."""
