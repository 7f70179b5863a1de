from django.urls import path

from policies.views import devices

app_name = "policies"

urlpatterns = [
    path("devices/import/", devices.import_devices, name="import_devices"),
    path("devices/import/template.csv", devices.import_template, name="import_template"),
    path("devices/import/<uuid:id>/", devices.checked_import, name="import"),
    path("devices/export.csv", devices.export_devices, name="export_devices"),
    path("devices/<uuid:id>/locally/", devices.turn_off_locally, name="turn_off_locally"),
]
