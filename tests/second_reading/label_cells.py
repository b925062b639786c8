"""What the labels say by product and grade, typed a second time, for comparison with the tables.

Each cell was typed from the label texts of July 2026, not from the tables. One line is one fact:

    product | grades | CRS | what | when

CRS: `any`, `with` or `without`. `?` before a drug: to be considered. Doses are IV by default; `dex` is dexamethasone,
`MP` methylprednisolone; amounts in mg, `/kg` and `/m2` per kg and m2; `q6` every 6 h; `2/d` twice a day; `x1` once;
`3d` for 3 days, `2-3d+` or longer; `<=20` up to, `>=20` at least. Options are separated by `or`, combinations by
`and`. NOTES.md lists the cells that left a choice.
"""

US = """
axicabtagene-ciloleucel   | 1   | any     | dex 10 x1 again-after-2d                  |
axicabtagene-ciloleucel   | 2   | any     | dex 10 4/d to-1-quick-taper               |
axicabtagene-ciloleucel   | 3   | any     | MP 1000 1/d                               |
axicabtagene-ciloleucel   | 4   | any     | MP 1000 2/d else-3/d-or-other             |
axicabtagene-ciloleucel   | 1-4 | with    | tocilizumab                               |
axicabtagene-ciloleucel   | 1-4 | any     | ?antiseizure levetiracetam                | no seizure
brexucabtagene-autoleucel | 1   | without | support                                   |
brexucabtagene-autoleucel | 1   | without | ?dex 10                                   | persisting
brexucabtagene-autoleucel | 1   | with    | tocilizumab                               |
brexucabtagene-autoleucel | 1   | with    | ?dex 10                                   | past first tocilizumab
brexucabtagene-autoleucel | 2   | without | dex 10 q6 to-1                            |
brexucabtagene-autoleucel | 2   | with    | tocilizumab                               |
brexucabtagene-autoleucel | 2   | with    | ?dex 10 or MP 1/kg q12                    | refractory to tocilizumab
brexucabtagene-autoleucel | 2   | with    | dex 10 q6 or MP 1/kg q12                  | 24 h after tocilizumab
brexucabtagene-autoleucel | 3   | without | dex 10 q6 or MP 1/kg q8-12                |
brexucabtagene-autoleucel | 3   | with    | tocilizumab                               |
brexucabtagene-autoleucel | 3   | with    | dex 10 q6 or MP 1/kg q8-12                | from first tocilizumab
brexucabtagene-autoleucel | 4   | any     | MP 1000 1-2/d 3d                          |
brexucabtagene-autoleucel | 3-4 | any     | ICU                                       |
brexucabtagene-autoleucel | 2-4 | any     | ?antiseizure                              | no seizure, non-sedating
brexucabtagene-autoleucel | 2-4 | any     | imaging                                   | every 2-3 d
lisocabtagene-maraleucel  | 1-2 | any     | antiseizure                               | no seizure
lisocabtagene-maraleucel  | 1   | any     | ?dex 10 q12-24 2-3d                       | below 72 h
lisocabtagene-maraleucel  | 1   | any     | observe                                   | from 72 h
lisocabtagene-maraleucel  | 2   | any     | dex 10 q12 2-3d+                          |
lisocabtagene-maraleucel  | 2   | any     | dex <=20 q6                               | no better 24 h
lisocabtagene-maraleucel  | 2   | any     | MP 2/kg then-2/kg/d-in-4 taper-7d         | another 24 h or rapid
lisocabtagene-maraleucel  | 3   | any     | dex 10-20 q8-12                           | not headache alone
lisocabtagene-maraleucel  | 4   | any     | dex 20 q6                                 |
lisocabtagene-maraleucel  | 3-4 | any     | MP 2/kg then-2/kg/d-in-4 taper-7d         | no better 24 h
lisocabtagene-maraleucel | 3-4 | any | hyperventilation and hyperosmolar and MP 1000-2000 q24 \
and cyclophosphamide 1500/m2 | oedema
idecabtagene-vicleucel    | 1-2 | any     | antiseizure                               | no seizure
idecabtagene-vicleucel    | 1   | any     | ?dex 10 q12-24 2-3d                       | below 72 h
idecabtagene-vicleucel    | 1   | any     | observe                                   | from 72 h
idecabtagene-vicleucel    | 2   | any     | dex 10 q12 2-3d+                          | not headache alone
idecabtagene-vicleucel    | 2   | any     | dex <=20 q6                               | no better 24 h
idecabtagene-vicleucel    | 3   | any     | dex 10-20 q6-12                           |
idecabtagene-vicleucel    | 3   | any     | MP 2/kg then-2/kg/d-in-4                  | no better 24 h
idecabtagene-vicleucel    | 4   | any     | dex 20 q6                                 |
idecabtagene-vicleucel    | 4   | any     | MP 1000-2000 q24                          | no better 24 h
idecabtagene-vicleucel | 3-4 | any | hyperventilation and hyperosmolar and MP 1000-2000 q24 \
and cyclophosphamide 1500/m2 | oedema
ciltacabtagene-autoleucel | 1   | any     | ?dex 10 q12-24 2-3d                       |
ciltacabtagene-autoleucel | 2   | any     | dex 10 q12 2-3d+                          |
ciltacabtagene-autoleucel | 2   | any     | dex <=20 q6                               | no better 24 h
ciltacabtagene-autoleucel | 3   | any     | dex 10-20 q6                              |
ciltacabtagene-autoleucel | 3   | any     | dex >=20 q6 or MP 1000-2000 1/d           | no better 24 h
ciltacabtagene-autoleucel | 4   | any     | dex 20 q6                                 |
ciltacabtagene-autoleucel | 4   | any     | MP 1000-2000 1/d                          | no better 24 h
ciltacabtagene-autoleucel | 1-4 | any     | ?antiseizure                              | no seizure
tisagenlecleucel          | 1   | without | support                                   |
tisagenlecleucel          | 1   | without | aspiration                                |
tisagenlecleucel          | 1-3 | with    | tocilizumab                               |
tisagenlecleucel          | 1   | with    | ?steroid                                  | past first tocilizumab
tisagenlecleucel          | 2   | without | ?dex 10 q6-12 or MP 1/kg q12              |
tisagenlecleucel          | 2   | with    | dex 10 q6-12 or MP 1/kg q12               | refractory to tocilizumab
tisagenlecleucel          | 3   | without | dex 10 q6-12 or MP 1/kg q12               |
tisagenlecleucel          | 3   | with    | dex 10 q6-12 or MP 1/kg q12               | with tocilizumab
tisagenlecleucel          | 4   | any     | MP 1000 1-2/d 3d else-2-3/d-or-other      |
tisagenlecleucel | 4 | any | anakinra and siltuximab and ruxolitinib and cyclophosphamide and ATG \
and hydrocortisone 50 intrathecal with-methotrexate-12 | no better
tisagenlecleucel          | 1-4 | any     | avoid GM-CSF                              | below 504 h
obecabtagene-autoleucel   | 1   | any     | withhold until-resolved up-to-day-21      | one dose so far
obecabtagene-autoleucel   | 2-4 | any     | stop                                      | one dose so far
teclistamab    | 1   | any | withhold until-resolved                              |
teclistamab    | 1   | any | ?antiseizure                                         | no seizure
teclistamab    | 2-3 | any | dex 10 q6 to-1-taper                                 |
teclistamab    | 2   | any | withhold watch-48-near-or-hospital                   |
teclistamab    | 3   | any | withhold watch-48-hospital stop-if-again             |
teclistamab    | 3   | any | ICU                                                  | as needed
teclistamab    | 4   | any | dex 10 q6 or MP 1000 1/d 2d+                         |
teclistamab    | 4   | any | stop                                                 |
talquetamab    | 1   | any | withhold until-resolved                              |
talquetamab    | 1   | any | ?antiseizure                                         | no seizure
talquetamab    | 2-3 | any | dex 10 q6 to-1-taper                                 |
talquetamab    | 2   | any | withhold watch-48-hospital                           |
talquetamab    | 3   | any | withhold watch-48-hospital stop-if-again             |
talquetamab    | 3   | any | ICU                                                  | as needed
talquetamab    | 4   | any | dex 10 q6 or MP 1000 1/d 2d+                         |
talquetamab    | 4   | any | stop                                                 |
elranatamab    | 1   | any | withhold until-resolved                              |
elranatamab    | 1   | any | ?antiseizure                                         | no seizure
elranatamab    | 2-3 | any | dex 10 q6 to-1-taper                                 |
elranatamab    | 2   | any | withhold watch-48-daily-or-hospital                  |
elranatamab    | 3   | any | withhold watch-48-hospital stop-if-again             |
elranatamab    | 3   | any | ICU                                                  | as needed
elranatamab    | 4   | any | dex 10 q6 or MP 1000 1/d 3d                          |
elranatamab    | 4   | any | stop                                                 |
epcoritamab    | 1   | any | withhold until-resolved                              |
epcoritamab    | 1   | any | ?antiseizure                                         | no seizure
epcoritamab    | 2-3 | any | dex 10 q6 to-1-taper                                 |
epcoritamab    | 2   | any | withhold                                             |
epcoritamab    | 3   | any | withhold stop-if-again                               |
epcoritamab    | 3   | any | ICU                                                  | as needed
epcoritamab    | 4   | any | dex 10 q6 or MP 1000 1/d 2d+                         |
epcoritamab    | 4   | any | stop                                                 |
glofitamab     | 1   | any | continue                                             |
glofitamab     | 2   | any | withhold until-1                                     |
glofitamab     | 3   | any | withhold until-1 for-7d                              |
glofitamab     | 4   | any | stop                                                 |
mosunetuzumab  | 1   | any | continue                                             |
mosunetuzumab  | 2   | any | withhold until-1 for-72h                             |
mosunetuzumab  | 3   | any | withhold until-1 for-72h stop-if-again               |
mosunetuzumab  | 4   | any | stop                                                 |
tarlatamab     | 1   | any | withhold until-resolved                                             |
tarlatamab     | 1   | any | support                                              |
tarlatamab     | 2   | any | dex 8-10 again-q12-if-worse or MP 1/kg q12 if-worse  |
tarlatamab     | 2   | any | withhold until-resolved watch-22-24-observation                       |
tarlatamab     | 3   | any | ICU                                                  |
tarlatamab     | 3   | any | dex 10 q6 or MP 1/kg q12                             |
tarlatamab     | 3   | any | withhold until-resolved stop-if-again stop-after-7d                   |
tarlatamab     | 4   | any | MP 1000 1/d 3d                                       |
tarlatamab     | 4   | any | stop                                                 |
linvoseltamab  | 1   | any | withhold until-resolved                                             |
linvoseltamab  | 2-4 | any | dex 10 q6                                            |
linvoseltamab  | 2   | any | withhold until-resolved watch-24-near                                 |
linvoseltamab  | 3   | any | withhold until-resolved reduced watch-24-hospital stop-if-again     |
linvoseltamab  | 4   | any | stop                                                 |
blinatumomab   | 2   | any | interrupt until-resolved low 9mcg/d then-28-after-7d |
blinatumomab   | 3   | any | interrupt until-1 for-3d low stop-after-7d stop-if-at-9 9mcg/d |
blinatumomab   | 1-3 | any | stop-infusion                                        | several seizures
blinatumomab   | 4   | any | stop-infusion                                        |
"""

# Products with the European rows above; written in full if one cell differs.
EU_AS_US = (
    "lisocabtagene-maraleucel", "teclistamab", "talquetamab", "elranatamab", "mosunetuzumab", "blinatumomab",
)  # fmt: skip
EU = """
idecabtagene-vicleucel    | 1-2 | any     | antiseizure                               | no seizure
idecabtagene-vicleucel    | 1   | any     | ?dex 10 q12-24 2-3d                       | below 72 h
idecabtagene-vicleucel    | 1   | any     | observe                                   | from 72 h
idecabtagene-vicleucel    | 2   | any     | dex 10 q12 2-3d+                          | not headache alone
idecabtagene-vicleucel    | 2   | any     | dex <=20 q6                               | no better 24 h
idecabtagene-vicleucel    | 3   | any     | dex 10-20 q8-12                           |
idecabtagene-vicleucel    | 3   | any     | MP 2/kg then-2/kg/d-in-4                  | no better 24 h
idecabtagene-vicleucel    | 4   | any     | dex 20 q6                                 |
idecabtagene-vicleucel    | 4   | any     | MP 1000-2000 q24                          | no better 24 h
idecabtagene-vicleucel | 3-4 | any | hyperventilation and hyperosmolar and MP 1000-2000 q24 \
and cyclophosphamide 1500/m2 | oedema
ciltacabtagene-autoleucel | 1   | any     | ?dex 10 q6-12                             |
ciltacabtagene-autoleucel | 2   | any     | dex 10 q6                                 |
ciltacabtagene-autoleucel | 3   | any     | dex 10-20 q6                              |
ciltacabtagene-autoleucel | 3   | any     | dex >=20 q6 or MP 1000 1/d                | no better 48 h
ciltacabtagene-autoleucel | 4   | any     | dex 10-20 q6                              |
ciltacabtagene-autoleucel | 4   | any     | MP 1000-2000 1/d                          | no better 24 h
ciltacabtagene-autoleucel | 1-4 | any     | ?antiseizure                              | no seizure
obecabtagene-autoleucel   | 1   | any     | support                                   |
obecabtagene-autoleucel   | 2   | any     | dex 10 x1 then-q6-12                      |
obecabtagene-autoleucel   | 3-4 | any     | ICU                                       |
obecabtagene-autoleucel   | 3   | any     | dex 10 q6 or MP 1/kg q12                  |
obecabtagene-autoleucel   | 4   | any     | steroid                                   | high dose
obecabtagene-autoleucel   | 1   | any     | withhold until-resolved up-to-day-21      | one dose so far
obecabtagene-autoleucel   | 2-4 | any     | stop                                      | one dose so far
epcoritamab    | 1   | any  | withhold until-resolved              |
epcoritamab    | 1   | any  | ?antiseizure                         | no seizure
epcoritamab    | 1   | any  | dex 10 q12                           |
epcoritamab    | 2   | any  | dex 10-20 q12                        |
epcoritamab    | 2   | any  | withhold                             |
epcoritamab    | 3   | any  | dex 10-20 q6                         |
epcoritamab    | 3   | any  | ICU                                  | as needed
epcoritamab    | 3   | any  | MP 1000 1/d                          | no response
epcoritamab    | 4   | any  | steroid                              |
epcoritamab    | 3-4 | any  | stop                                 |
epcoritamab    | 1-4 | with | tocilizumab                          | alternatives preferred
glofitamab     | 1   | any  | withhold                             |
glofitamab     | 2   | any  | withhold                             |
glofitamab     | 2-3 | any  | dex 10 q6                            |
glofitamab     | 3   | any  | withhold until-1 for-7d              |
glofitamab     | 4   | any  | dex 10 q6 or MP 1000 1/d 3d          |
glofitamab     | 4   | any  | stop                                 |
mosunetuzumab  | 1   | any  | continue                             |
linvoseltamab  | 1   | any  | withhold                             |
linvoseltamab  | 2-4 | any  | dex 10 q6                            |
linvoseltamab  | 2   | any  | withhold watch-24-near               |
linvoseltamab  | 3   | any  | withhold reduced watch-24-hospital stop-if-again |
linvoseltamab  | 4   | any  | stop                                 |
"""

# Scale of the table by grade; checks, days near the centre, days without driving; driving otherwise.
US_LEAFLET = """
axicabtagene-ciloleucel   | CTCAE          | daily 7  | near 14 | no driving 14
brexucabtagene-autoleucel | CTCAE-with-ICE | daily 7  | near 14 | no driving 14
lisocabtagene-maraleucel  | CTCAE-v4.03    | daily 7  | near 14 | no driving 14
idecabtagene-vicleucel    | CTCAE-v4.03    | daily 7  | near 7  | no driving 7
ciltacabtagene-autoleucel | ASTCT          | daily 7  | near 14 | no driving 14
tisagenlecleucel          | ASTCT          | daily 7  | near 14 | no driving 14
obecabtagene-autoleucel   | CTCAE-v5.0     | daily 7  | near 14 | no driving 14
teclistamab    | ASTCT           | | | step-up-and-after 48
talquetamab    | ASTCT           | | | step-up-and-after 48
elranatamab    | ASTCT           | | | after-each-first-dose 48
epcoritamab    | ASTCT           | | | if-at-risk
glofitamab     | ASTCT-and-CTCAE | | | while-symptoms
mosunetuzumab  | ASTCT-and-CTCAE | | | if-at-risk
tarlatamab     | ASTCT           | | | while-symptoms
linvoseltamab  | ASTCT           | | | after-each-step-up 48
blinatumomab   | not-stated      | | | while-infused
"""
EU_LEAFLET = """
axicabtagene-ciloleucel   | not-stated     | daily 7, then as-judged              | near 14          |
brexucabtagene-autoleucel | not-stated     | daily 7, then as-judged              | near 14          |
lisocabtagene-maraleucel  | CTCAE-v4.03    | two-or-three-times 7, then as-judged | near 14          |
idecabtagene-vicleucel    | not-stated     | first-week 7, then as-judged         | within 2 h of 14 |
ciltacabtagene-autoleucel | ASTCT          | daily 14, then periodically 14       | near 28          |
tisagenlecleucel          | not-stated     | two-or-three-times 7                 | within 2 h of 28 |
obecabtagene-autoleucel   | not-stated     | daily 14 after the first             | within 2 h of 28 |
teclistamab    | ASTCT           | | |
talquetamab    | ASTCT           | | |
elranatamab    | ASTCT           | | |
epcoritamab    | ASTCT           | | |
glofitamab     | ASTCT-and-CTCAE | | |
mosunetuzumab  | ASTCT-and-CTCAE | | |
linvoseltamab  | ASTCT           | | | after-each-step-up 24
blinatumomab   | not-stated      | | |
"""

# Fludarabine before the cells: mg/m2 x days = cumulative, by indication where the label has two.
FLUDARABINE = """
axicabtagene-ciloleucel   |     | 30 x 3 = 90
brexucabtagene-autoleucel | b-cell-lymphoma              | 30 x 3 = 90
brexucabtagene-autoleucel | acute-lymphoblastic-leukaemia | 25 x 3 = 75
lisocabtagene-maraleucel  |     | 30 x 3 = 90
idecabtagene-vicleucel    |     | 30 x 3 = 90
ciltacabtagene-autoleucel |     | 30 x 3 = 90
tisagenlecleucel          | acute-lymphoblastic-leukaemia | 30 x 4 = 120
tisagenlecleucel          | b-cell-lymphoma              | 25 x 3 = 75
obecabtagene-autoleucel   |     | 30 x 4 = 120
"""
