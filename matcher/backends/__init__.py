"""Solvers behind one contract, each in a process of its own.

`contract` is the page a solver file must satisfy; `highs`, `cpsat` and `cbc`
satisfy it and are imported only inside the worker process (`worker`). The rest of
the package talks to `client` alone, which imports no solver library.
"""
