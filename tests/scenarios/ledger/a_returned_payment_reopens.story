# The bank takes a direct debit back: the invoice is owed as before. The scenario begins anew with it, because who paid
# need not know what the bank did.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

# Reminded five days after the due date, which is a Saturday: on Monday.
advance to=2025-03-10
contacts D1 -> 2025-03-10 reminder mail sent F-1001=EUR/300.00

advance 2d
payment P1 debtor=D1 amount=EUR/300.00 for=F-1001
open D1     -> none
state D1    -> settled

advance to=2025-03-20
return P1
open D1     -> F-1001=EUR/300.00
overdue D1  -> F-1001=EUR/300.00 (17d)
state D1    -> active WAITS_FOR_NEXT_DAY
advance to=2025-04-30
contacts D1 from=2025-03-11
  -> 2025-03-21 reminder mail sent F-1001=EUR/300.00
  -> 2025-04-02 final-notice mail sent F-1001=EUR/300.00
