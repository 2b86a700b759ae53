# A broken promise ends the silence at once, and is remembered.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

promise D1 date=2025-03-05       -> FAILED_PRECONDITION NOTHING_OWED
advance to=2025-03-12
promise D1 date=2025-03-11       -> INVALID_ARGUMENT PROMISE_INVALID
promise D1 date=2025-09-09       -> INVALID_ARGUMENT PROMISE_INVALID
promise D1 date=2025-04-11
# A second promise for the same invoice replaces the first.
advance 1d
promise D1 date=2025-04-18
promises D1
  -> 2025-04-11 EUR/300.00 replaced on 2025-03-13, paid EUR/0.00
  -> 2025-04-18 EUR/300.00 running

# Good Friday is a business day in France, Easter Monday is none: the grace ends on Wednesday 2025-04-23.
advance to=2025-04-23
promises D1
  -> 2025-04-11 EUR/300.00 replaced on 2025-03-13, paid EUR/0.00
  -> 2025-04-18 EUR/300.00 running
contacts D1 from=2025-03-11 -> none
advance 1d
promises D1
  -> 2025-04-11 EUR/300.00 replaced on 2025-03-13, paid EUR/0.00
  -> 2025-04-18 EUR/300.00 broken on 2025-04-24, paid EUR/0.00
contacts D1 from=2025-03-11 -> 2025-04-24 final-notice letter sent F-1001=EUR/300.00
