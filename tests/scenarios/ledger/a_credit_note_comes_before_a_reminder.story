# While what the debtor has in hand covers all that is overdue, that is settled first and nothing is asked for.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00
credit A-1001 debtor=D1 issued=2025-03-01 amount=EUR/300.00

advance to=2025-03-10
open D1     -> F-1001=EUR/300.00 A-1001=EUR/-300.00
contacts D1 -> none
state D1    -> active CREDITS_COVER_OVERDUE

# A second invoice falls overdue: the credit no longer covers, and the notice shows it.
invoice F-1002 debtor=D1 issued=2025-02-10 due=2025-03-12 amount=EUR/200.00
advance to=2025-03-13
contacts D1 -> 2025-03-13 reminder mail sent F-1001=EUR/300.00
notice D1 reminder "F-1002" -> said
notice D1 reminder "A-1001" -> said
