"""Four simulated weeks of a person at home and of a clinic's patient, for `irtherapy demo course`.

``clock``   what the records take for now, and ids that come from the seed
``people``  who they are, how their pain goes, and what happens to them
``sitting`` one visit: questions, plan, the real runner with the simulated lamp, and how it was
``compared`` the weeks before it at home: with or without heat
``weeks``   the days of a course one after another
``files``   what is written at the end: pages, PDF, FHIR, calendar
"""
