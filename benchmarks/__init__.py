"""Measurements: every figure as a ratio against a peer or a bound of the same run, never as a timed test."""
