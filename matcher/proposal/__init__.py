"""Proposals in domain terms, the exact facts they are judged by, and verdicts."""
