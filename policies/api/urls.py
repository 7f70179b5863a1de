from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from policies.api.devices import DeviceViewSet, LocalViewSet
from policies.api.groups import DeviceGroupViewSet, PolicyViewSet

router = SimpleRouter(use_regex_path=False)
router.register("devices", DeviceViewSet, "device")
router.register("device-groups", DeviceGroupViewSet, "device_group")
router.register("policies", PolicyViewSet, "policy")

urlpatterns: list[URLPattern | URLResolver] = [
    path("devices/locally/", LocalViewSet.as_view({"post": "turn"}), name="device-locally"),
    *router.urls,
]
