"""Exchange of journal records between PCs: cards, bundles, and what each is known to have.

``devices`` registers other PCs, ``bundles`` makes and takes files, ``ledger`` lists what went and came.
"""
