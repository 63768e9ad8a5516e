"""Custom queries: one SELECT of a small dialect, checked, bound and written anew.

``parse`` makes a tree, ``check`` holds it against the lists of what is allowed,
``rewrite`` resolves every name and builds a new tree (``expressions``, ``calls`` and
``windows`` are its parts), ``generate`` writes that for an engine, ``classes`` says
how delicate each column is. Nothing of what was sent reaches a database but literals.
"""
