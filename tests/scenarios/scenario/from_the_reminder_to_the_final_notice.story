# A debtor who says nothing. Each step comes once, with silence in between, and the last letter announces what the law
# adds: interest since the day after the due date and 40 EUR for recovery.
tenant FR from=2025-03-02 agency=recouvra
account D1 name="Boulangerie Sirocco" email=compta@sirocco.example address="3 rue du Four | 38000 Grenoble" phone="+33 1 99 00 00 21"
invoice F-1001 debtor=D1 issued=2025-02-01 due=2025-03-03 amount=EUR/2400.00

# Five days after the due date is a Saturday: the reminder leaves on Monday.
advance to=2025-03-09
contacts D1 -> none
advance 1d
contacts D1 -> 2025-03-10 reminder mail sent F-1001=EUR/2400.00
notice D1 reminder "2 400,00 €"             -> said
notice D1 reminder "Total à régler"         -> not said

# Silence, though he is late: the reminder granted six days.
advance to=2025-03-16
contacts D1 -> 2025-03-10 reminder mail sent F-1001=EUR/2400.00

# The call was due twelve days after the due date, and waits for the end of the six days.
advance 1d
worklist    -> 1 D1 call EUR/2400.00 14d
call D1 outcome=no_answer
worklist    -> none

# The final notice, thirty days after the due date, by post and by mail.
advance to=2025-04-01
contacts D1 from=2025-03-11 -> 2025-03-17 call call sent (no_answer) F-1001=EUR/2400.00
advance 1d
contacts D1 from=2025-03-18 -> 2025-04-02 final-notice letter sent F-1001=EUR/2400.00
# 2400.00 for 30 days at 13.15 %, the rate of the European Central Bank and ten points: 25.94.
notice D1 final-notice "F-1001 – Intérêts de retard 25,94 €"           -> said
notice D1 final-notice "F-1001 – Indemnité forfaitaire 40,00 €"        -> said
notice D1 final-notice "Total à régler 2 465,94 €"                     -> said
notice D1 final-notice "au plus tard le 17 avril 2025"                 -> said
