"""AI settings: one page with tabs, each with its own address."""

from summaries.views.settings.pages import ai_settings, setup

__all__ = ["ai_settings", "setup"]
