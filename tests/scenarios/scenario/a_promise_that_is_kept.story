# From the promise to its day nothing is asked for; paid in time, it is kept.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

advance to=2025-03-12
promise D1 date=2025-04-15
state D1    -> promised PROMISE_RUNNING
promises D1 -> 2025-04-15 EUR/300.00 running

# Thirty days after the due date a final notice would leave: not while the promise runs.
advance to=2025-04-14
contacts D1 -> 2025-03-10 reminder mail sent F-1001=EUR/300.00
payment P1 debtor=D1 amount=EUR/300.00 for=F-1001
promises D1 -> 2025-04-15 EUR/300.00 kept on 2025-04-14, paid EUR/300.00
state D1    -> settled
