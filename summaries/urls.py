from django.urls import path

from summaries.views import (
    consent,
    consents,
    data_subjects,
    holds,
    home,
    imports,
    panel,
    removal,
    session,
    session_consent,
)
from summaries.views.report_pdf import report_pdf
from summaries.views.settings import ai_settings, setup

app_name = "summaries"

urlpatterns = [
    path("", home.home, name="home"),
    path("reports/", home.reports, name="reports"),
    path("filter/", home.filter_form, name="filter"),
    path("import/", imports.upload, name="import"),
    path("import/result/", imports.result, name="import_result"),
    path("import/progress/", imports.progress, name="import_progress"),
    path("ai-settings/", ai_settings, name="ai_settings"),
    path("ai-settings/<slug:tab>/", ai_settings, name="ai_settings_tab"),
    path("consents/", consents.ledger, name="consents"),
    path("consents/consents.csv", consents.download, name="consents_csv"),
    path("consent/withdraw/<str:link>/", consent.withdraw, name="consent_withdraw"),
    path("consent/<str:link>/", consent.ask, name="consent_ask"),
    path("setup/", setup, name="setup"),
    path("legal-holds/", holds.legal_holds, name="legal_holds"),
    path("legal-holds/company/", holds.place, name="legal_hold_place"),
    path("legal-holds/<int:hold_id>/lift/", holds.lift, name="legal_hold_lift"),
    path("data-subjects/", data_subjects.find, name="data_subjects"),
    path("data-subjects/copy/", data_subjects.download, name="data_subject_download"),
    path("data-subjects/erase/", data_subjects.erase, name="data_subject_erase"),
    path("sessions/S-<int:number>/", session.summary, name="session"),
    path("sessions/S-<int:number>/panel/", panel.panel, name="panel"),
    path("sessions/S-<int:number>/report.pdf", report_pdf, name="report_pdf"),
    path("sessions/S-<int:number>/timeline/", session.timeline, name="session_timeline"),
    path("sessions/S-<int:number>/report/", session.report, name="session_report"),
    path("sessions/S-<int:number>/consent/", session_consent.tab, name="session_consent"),
    path("sessions/S-<int:number>/consent/ask/", session_consent.ask, name="session_consent_ask"),
    path("sessions/S-<int:number>/consent/state/", session_consent.state, name="session_consent_state"),
    path("sessions/S-<int:number>/consent/withdrawal/", session_consent.withdrawal, name="session_consent_withdrawal"),
    path("sessions/S-<int:number>/revisions/", session.revisions, name="session_revisions"),
    path("sessions/S-<int:number>/notes/", session.notes, name="session_notes"),
    path("sessions/S-<int:number>/delete/<slug:what>/", removal.delete, name="session_delete"),
    path("sessions/S-<int:number>/hold/", holds.place_on_session, name="session_hold"),
    path("sessions/S-<int:number>/generate/", session.generate, name="generate"),
    path("sessions/S-<int:number>/decide/", session.decide, name="decide"),
]
