"""The statistics of the study's tables: intervals, paired tests, survival, quartiles. Pure.

What is data (a value, a change, a proportion, a share surviving) is an exact decimal or fraction all the
way. A binary float appears in one place only, in :mod:`mda5_crf.statistics.tails`: p-values of the t and the
normal distribution, which are no data, are printed with three digits, and are right to 1e-12 there.
"""
