# A large invoice is asked about a week before it is due: is all in order? What is wrong is then known while there is
# time, and no reminder leaves for what is contested.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Menuiserie du Lac" email=compta@menuiserie.example
invoice F-1001 debtor=D1 issued=2025-02-08 due=2025-03-10 amount=EUR/6000.00
# Below 5000 EUR nobody is asked.
invoice F-1002 debtor=D1 issued=2025-02-08 due=2025-03-10 amount=EUR/4999.99

advance 1d
contacts D1 -> 2025-03-03 pre-due mail sent F-1001=EUR/6000.00
notice D1 pre-due "dites-le-nous dès à présent" -> said

dispute F-1001 reason=QUANTITY amount=EUR/1500.00
advance to=2025-03-17
contacts D1 from=2025-03-04 -> 2025-03-17 reminder mail sent F-1002=EUR/4999.99

# Settled between the two: a credit note for what was not delivered. What is left is asked for with the other invoice,
# of which the call is due.
credit A-1001 debtor=D1 issued=2025-03-17 amount=EUR/1500.00 settles=F-1001
resolve F-1001
open D1     -> F-1002=EUR/4999.99 F-1001=EUR/4500.00
advance 7d
contacts D1 from=2025-03-18
  -> 2025-03-24 call call planned F-1002=EUR/4999.99 F-1001=EUR/4500.00
worklist    -> 1 D1 call EUR/9499.99 14d
