# A payment that the bank takes back breaks the promise that it had kept.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

advance to=2025-03-12
promise D1 date=2025-04-15
advance to=2025-04-14
payment P1 debtor=D1 amount=EUR/300.00 for=F-1001
promises D1 -> 2025-04-15 EUR/300.00 kept on 2025-04-14, paid EUR/300.00
state D1    -> settled

# A week after the promised day.
advance to=2025-04-22
return P1
open D1     -> F-1001=EUR/300.00
promises D1 -> 2025-04-15 EUR/300.00 broken on 2025-04-22, paid EUR/0.00
