# Overdue begins on the day after the due date: on the day itself the debtor is in time.
tenant FR from=2025-03-30
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
invoice F-1001 debtor=D1 issued=2025-03-01 due=2025-03-31 amount=EUR/120.00

advance to=2025-03-31
open D1      -> F-1001=EUR/120.00
overdue D1   -> none
state D1     -> current
contacts D1  -> none

advance 1d
overdue D1   -> F-1001=EUR/120.00 (1d)
state D1     -> active
contacts D1  -> none
# The reminder is due five days after the due date: Saturday 2025-04-05, so Monday.
next D1      -> 2025-04-07
