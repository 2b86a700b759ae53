# Half of what was promised came: the promise is judged after two business days of grace, and the scenario goes on with
# what is left.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

advance to=2025-03-12
promise D1 date=2025-04-04 amount=EUR/300.00
advance to=2025-04-04
payment P1 debtor=D1 amount=EUR/150.00 for=F-1001

# Friday's promise may come until Tuesday.
advance to=2025-04-08
promises D1 -> 2025-04-04 EUR/300.00 running
advance 1d
promises D1 -> 2025-04-04 EUR/300.00 partial on 2025-04-09, paid EUR/150.00
contacts D1 from=2025-03-11 -> 2025-04-09 final-notice letter sent F-1001=EUR/150.00
