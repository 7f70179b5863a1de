"""Settings of the API, a part of `insights_portal.settings`."""

from typing import Any

import environ

env = environ.Env()

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "insights_portal.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["insights_portal.api.filtering.FilterWhenAsked"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "insights_portal.api.problems.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["insights_portal.api.throttling.TokenOrMemberThrottle"],
    "DEFAULT_THROTTLE_RATES": {"api": env.str("API_RATE", default="1200/min")},
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Session Insights API",
    "DESCRIPTION": "Support sessions in, checked summaries and service reports out.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "GrantKindEnum": "credits.enums.GrantKind",
        "InteractionKindEnum": "summaries.enums.Kind",
        "PlaceUnitEnum": "summaries.enums.PlaceUnit",
        "QuestionStateEnum": "summaries.enums.QuestionState",
        "StateEnum": "summaries.enums.SummaryState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "insights_portal.api.schema.add_problems",
    ],
}
