# Asked back, or refused by the agency: a person decides what comes next, the scenario does not start anew.
tenant FR from=2025-03-02 agency=recouvra
agency recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
account D2 name="Menuiserie du Lac" email=compta@menuiserie.example address="5 quai du Lac | 74000 Annecy"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/800.00
invoice F-2001 debtor=D2 issued=2025-02-01 due=2025-03-03 amount=EUR/600.00
advance to=2025-06-02
placements D1 -> 2025-06-02 placed F-1001=EUR/800.00
placements D2 -> 2025-06-02 placed F-2001=EUR/600.00

report D1 accepted=REC-77
report D1 recall=confirmed -> FAILED_PRECONDITION NOT_RECALLED
recall D1
placements D1 -> 2025-06-02 recall_pending F-1001=EUR/800.00
report D1 recall=confirmed
placements D1 -> 2025-06-02 recalled F-1001=EUR/800.00
report D1 accepted=REC-78 -> FAILED_PRECONDITION PLACEMENT_OVER

report D2 rejected="too small"
placements D2 -> 2025-06-02 rejected F-2001=EUR/600.00

advance 1d
worklist
  -> 1 D1 exit EUR/800.00 92d
  -> 2 D2 exit EUR/600.00 92d
contacts D1 from=2025-06-03 -> none
