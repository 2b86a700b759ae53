# Ninety days after the due date, all steps made: the agency takes over, and the house is silent. What the agency
# collects is on the account of the debtor.
tenant FR from=2025-03-02 agency=recouvra
agency recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/800.00

advance to=2025-05-31
contacts D1
  -> 2025-03-10 reminder mail sent F-1001=EUR/800.00
  -> 2025-04-02 final-notice letter sent F-1001=EUR/800.00
placements D1 -> none

# The ninetieth day is Sunday 2025-06-01.
advance 2d
placements D1 -> 2025-06-02 placed F-1001=EUR/800.00
state D1      -> placed ITEM_PLACED
report D1 accepted=REC-77
placements D1 -> 2025-06-02 accepted F-1001=EUR/800.00

advance to=2025-06-16
report D1 payment=Z-1 amount=EUR/500.00
open D1       -> F-1001=EUR/300.00
placements D1 -> 2025-06-02 accepted F-1001=EUR/800.00, recovered EUR/500.00

advance to=2025-07-07
report D1 payment=Z-2 amount=EUR/300.00
open D1       -> none
placements D1 -> 2025-06-02 closed_paid F-1001=EUR/800.00, recovered EUR/800.00
state D1      -> settled
contacts D1 from=2025-04-03 -> 2025-06-02 handoff handoff sent F-1001=EUR/800.00
