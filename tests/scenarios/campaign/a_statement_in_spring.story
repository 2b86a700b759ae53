# A campaign beside the scenario: who is contested or was heard from lately is left.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
account D2 name="Menuiserie du Lac" email=compta@menuiserie.example
account D3 name="Garage Alizé" email=compta@alize.example
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/400.00
invoice F-2001 debtor=D2 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00
invoice F-3001 debtor=D3 issued=2025-02-17 due=2025-03-19 amount=EUR/200.00

advance to=2025-03-24
dispute F-2001 reason=QUALITY
campaign spring channel=mail filter="overdue > 100"
members spring
  -> D1 EUR/400.00 sent, received EUR/0.00
  -> D2 EUR/300.00 left: DISPUTED
  -> D3 EUR/200.00 left: CONTACTED_RECENTLY
campaign spring channel=mail filter="overdue > 100"
campaign spring channel=mail filter="overdue > 200" -> ALREADY_EXISTS CAMPAIGN_DIFFERS
campaign summer channel=mail filter="overdue > much" -> INVALID_ARGUMENT FILTER_INVALID
contacts D1
  -> 2025-03-10 reminder mail sent F-1001=EUR/400.00
  -> 2025-03-24 campaign:spring mail sent F-1001=EUR/400.00

advance 2d
payment P1 debtor=D1 amount=EUR/250.00 for=F-1001
members spring
  -> D1 EUR/400.00 sent, received EUR/250.00
  -> D2 EUR/300.00 left: DISPUTED
  -> D3 EUR/200.00 left: CONTACTED_RECENTLY
