"""The outer wall of accounts: what is sent to servers outside."""
