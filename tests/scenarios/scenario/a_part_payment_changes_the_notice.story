# What is paid is not asked for again: the next notice claims what is left.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/800.00

advance to=2025-03-10
notice D1 reminder "800,00 €" -> said

advance 3d
payment P1 debtor=D1 amount=EUR/500.00 for=F-1001
open D1     -> F-1001=EUR/300.00

advance to=2025-04-02
contacts D1
  -> 2025-03-10 reminder mail sent F-1001=EUR/800.00
  -> 2025-04-02 final-notice letter sent F-1001=EUR/300.00
notice D1 final-notice "reste impayée à hauteur de 300,00 €"                 -> said
# Interest on 800.00 until the payment of 2025-03-13, on 300.00 since: 2.88 + 2.16.
notice D1 final-notice "Intérêts de retard 5,04 €"                           -> said
# The flat sum is owed whole for an invoice that is paid late.
notice D1 final-notice "Indemnités forfaitaires pour frais de recouvrement 40,00 €" -> said
