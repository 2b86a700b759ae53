# Who pays in the days before a reminder hears nothing; who pays on the day of a call is taken off the list.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
account D2 name="Menuiserie du Lac" email=compta@menuiserie.example phone="+33 1 99 00 00 22"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00
invoice F-2001 debtor=D2 issued=2025-02-01 due=2025-03-03 amount=EUR/1800.00

advance to=2025-03-09
payment P1 debtor=D1 amount=EUR/300.00 for=F-1001
advance to=2025-03-31
contacts D1 -> none
state D1    -> settled

# The call to D2 came on 2025-03-17 and was not made for a week; since then it waits for the letter.
contacts D2
  -> 2025-03-10 reminder mail sent F-2001=EUR/1800.00
  -> 2025-03-17 call call expired F-2001=EUR/1800.00
payment P2 debtor=D2 amount=EUR/1800.00 for=F-2001
advance to=2025-06-30
contacts D2 from=2025-03-18 -> none
state D2    -> settled
