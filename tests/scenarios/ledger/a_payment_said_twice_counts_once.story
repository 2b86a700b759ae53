# A program that does not know whether its payment arrived says it again.
tenant FR from=2025-03-02
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example
invoice F-1001 debtor=D1 issued=2025-03-01 due=2025-03-31 amount=EUR/120.00
advance 31d

payment P1 debtor=D1 amount=EUR/50.00 for=F-1001  -> OK
payment P1 debtor=D1 amount=EUR/50.00 for=F-1001  -> OK
payment P1 debtor=D1 amount=EUR/60.00 for=F-1001  -> ALREADY_EXISTS REQUEST_ID_REUSED
open D1                                           -> F-1001=EUR/70.00

# What is paid too much stays with the debtor.
payment P2 debtor=D1 amount=EUR/100.00 for=F-1001 -> OK
open D1                                           -> payment=EUR/-30.00
payment P3 debtor=D9 amount=EUR/1.00              -> NOT_FOUND ACCOUNT_NOT_FOUND
payment P3 debtor=D1 amount=EUR/0.00              -> INVALID_ARGUMENT AMOUNT_NOT_POSITIVE
