# One of two invoices is contested: it is left alone, the other goes on. Resolved, it goes on too.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00
invoice F-1002 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/500.00

advance to=2025-03-10
contacts D1 -> 2025-03-10 reminder mail sent F-1002=EUR/500.00 F-1001=EUR/300.00
dispute F-1002 reason=QUALITY    -> OK
dispute F-1002 reason=PRICE      -> FAILED_PRECONDITION ALREADY_DISPUTED
state D1 -> active ITEM_DISPUTED

advance to=2025-04-02
contacts D1 from=2025-03-11 -> 2025-04-02 final-notice letter sent F-1001=EUR/300.00
# The contested one is named for the record and stands in no total.
notice D1 final-notice "que vous avez contestées, sont en cours d'examen" -> said
notice D1 final-notice "F-1002" -> said
notice D1 final-notice "Total à régler 343,24 €" -> said
notice D1 final-notice "reste impayée à hauteur de 300,00 €" -> said

advance to=2025-04-22
resolve F-1002
resolve F-1002 -> FAILED_PRECONDITION NOT_DISPUTED
advance 1d
contacts D1 from=2025-04-03 -> 2025-04-23 final-notice letter sent F-1002=EUR/500.00
