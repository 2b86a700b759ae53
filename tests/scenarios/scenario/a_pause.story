# A person asks for silence, with a reason and an end.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/300.00

pause D1 until=2025-03-20                          -> INVALID_ARGUMENT PAUSE_INVALID
pause D1 until=2025-03-01 reason="stocktaking"     -> INVALID_ARGUMENT PAUSE_INVALID
pause D1 until=2025-03-20 reason="stocktaking"
advance to=2025-03-20
state D1    -> paused PAUSED
contacts D1 -> none
advance 1d
contacts D1 -> 2025-03-21 reminder mail sent F-1001=EUR/300.00

# Lifted before its end, the next step comes on the next day.
pause D1 until=2025-06-30 reason="new accountant"
advance to=2025-04-14
state D1    -> paused PAUSED
resume D1
advance 1d
contacts D1 from=2025-03-22 -> 2025-04-15 final-notice letter sent F-1001=EUR/300.00
