from accounts.enums import Plan

#: Free credits on the first day of each month.
MONTHLY_FREE: dict[str, int] = {Plan.BUSINESS: 5, Plan.PREMIUM: 10, Plan.CORPORATE: 15, Plan.TENSOR: 50}
