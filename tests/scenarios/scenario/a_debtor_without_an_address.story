# A reminder that cannot be sent is no step that was made: a person finds an address, and it leaves then.
tenant FR from=2025-03-02
account D1 name="Maison Zéphyr"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

advance to=2025-03-10
contacts D1 -> 2025-03-10 reminder mail failed (no_address) F-1001=EUR/300.00
worklist    -> 1 D1 no_address EUR/300.00 7d

advance to=2025-03-19
account D1 name="Maison Zéphyr" address="4 rue du Vent | 29200 Brest"
invoice F-1002 debtor=D1 issued=2025-03-19 due=2025-04-18 amount=EUR/80.00
advance 1d
contacts D1 -> 2025-03-20 reminder letter sent F-1001=EUR/300.00
worklist    -> none
