"""Names that old packages expect of the standard library and that Python has since moved.

Python imports this module by itself at start when its folder stands in PYTHONPATH.
"""
import collections
import collections.abc

for name in collections.abc.__all__:
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))
