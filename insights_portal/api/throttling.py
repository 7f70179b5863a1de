from rest_framework.throttling import UserRateThrottle


class TokenOrMemberThrottle(UserRateThrottle):
    scope = "api"
