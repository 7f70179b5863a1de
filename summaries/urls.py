from django.urls import path

from summaries.views import home, imports, panel, session
from summaries.views.report_pdf import report_pdf

app_name = "summaries"

urlpatterns = [
    path("", home.home, name="home"),
    path("reports/", home.reports, name="reports"),
    path("filter/", home.filter_form, name="filter"),
    path("import/", imports.upload, name="import"),
    path("import/result/", imports.result, name="import_result"),
    path("sessions/S-<int:number>/", session.summary, name="session"),
    path("sessions/S-<int:number>/panel/", panel.panel, name="panel"),
    path("sessions/S-<int:number>/report.pdf", report_pdf, name="report_pdf"),
    path("sessions/S-<int:number>/timeline/", session.timeline, name="session_timeline"),
    path("sessions/S-<int:number>/report/", session.report, name="session_report"),
    path("sessions/S-<int:number>/consent/", session.consent, name="session_consent"),
    path("sessions/S-<int:number>/revisions/", session.revisions, name="session_revisions"),
    path("sessions/S-<int:number>/notes/", session.notes, name="session_notes"),
    path("sessions/S-<int:number>/generate/", session.generate, name="generate"),
    path("sessions/S-<int:number>/decide/", session.decide, name="decide"),
]
