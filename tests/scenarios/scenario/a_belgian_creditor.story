# Belgium has its own holidays, law and rate. The National Day is a business day in France, and 14 July is one here.
tenant BE from=2025-07-06 agency=recouvra terms=30eom
account D1 name="Café de la Bourse SRL" email=factures@bourse.example address="1 place de la Bourse | 1000 Bruxelles"
account D2 name="Brasserie du Brabant SA" email=factures@brabant.example

# Due five days before 14 July, and five days before 21 July.
invoice F-1001 debtor=D1 issued=2025-06-09 due=2025-07-09 amount=EUR/1000.00
invoice F-2001 debtor=D2 issued=2025-06-16 due=2025-07-16 amount=EUR/300.00
advance to=2025-07-22
contacts D1
  -> 2025-07-14 reminder mail sent F-1001=EUR/1000.00
  -> 2025-07-22 call call planned F-1001=EUR/1000.00
contacts D2 -> 2025-07-22 reminder mail sent F-2001=EUR/300.00

# The call that nobody made waits for a week, then the letter comes: 2025-08-08 is a Friday.
advance to=2025-08-08
contacts D1 from=2025-07-15
  -> 2025-07-22 call call expired F-1001=EUR/1000.00
  -> 2025-08-08 final-notice letter sent F-1001=EUR/1000.00
notice D1 final-notice "loi du 2 août 2002"            -> said
notice D1 final-notice "Indemnité forfaitaire 40,00 €" -> said

# Without a due date of its own an invoice has that of the terms: thirty days, then the end of the month.
invoice F-1002 debtor=D1 issued=2025-08-08 amount=EUR/50.00
advance to=2025-09-30
overdue D1  -> F-1001=EUR/1000.00 (83d)
advance 1d
overdue D1  -> F-1001=EUR/1000.00 (84d) F-1002=EUR/50.00 (1d)
