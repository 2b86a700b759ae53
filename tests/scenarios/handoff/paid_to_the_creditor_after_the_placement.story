# The debtor pays the creditor itself while the agency is at it: the agency is told, and the case closes.
tenant FR from=2025-03-02 agency=recouvra
agency recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/800.00
invoice F-1002 debtor=D1 issued=2025-03-02 due=2025-04-01 amount=EUR/100.00

# A person may place earlier, but not what is not due, nor within the days that a letter granted.
place D1 for=F-1001 -> FAILED_PRECONDITION ITEM_NOT_OVERDUE
advance to=2025-03-11
place D1 for=F-1001 -> FAILED_PRECONDITION DEADLINE_RUNNING
advance to=2025-03-20
place D1 for=F-1001 -> OK
place D1 for=F-1001 -> FAILED_PRECONDITION ALREADY_PLACED
placements D1       -> 2025-03-20 placed F-1001=EUR/800.00

advance to=2025-03-25
payment P1 debtor=D1 amount=EUR/800.00 for=F-1001
placements D1 -> 2025-03-20 closed_paid F-1001=EUR/800.00, paid directly EUR/800.00
# The other invoice is the house's own affair.
advance to=2025-04-07
contacts D1 from=2025-03-11 -> 2025-04-07 reminder mail sent F-1002=EUR/100.00
