# Nothing leaves on a day on which nobody works in the creditor's country.
tenant FR from=2025-04-20
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
account D2 name="Menuiserie du Lac" email=compta@menuiserie.example
account D3 name="Garage Alizé" email=compta@alize.example

# Five days after 2025-04-26 is the First of May, a Thursday: the reminder leaves on Friday.
invoice F-1001 debtor=D1 issued=2025-04-01 due=2025-04-26 amount=EUR/300.00
# Five days after 2025-05-03 is Victory Day, a Thursday.
invoice F-2001 debtor=D2 issued=2025-04-01 due=2025-05-03 amount=EUR/300.00
# Five days after 2025-06-02 is the Saturday before Whit Monday: Tuesday.
invoice F-3001 debtor=D3 issued=2025-04-01 due=2025-06-02 amount=EUR/300.00

advance to=2025-05-02
contacts D1 -> 2025-05-02 reminder mail sent F-1001=EUR/300.00
advance to=2025-05-09
contacts D2 -> 2025-05-09 reminder mail sent F-2001=EUR/300.00
advance to=2025-06-10
contacts D3 -> 2025-06-10 reminder mail sent F-3001=EUR/300.00
