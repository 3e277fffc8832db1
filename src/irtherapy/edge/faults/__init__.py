"""Faults made on purpose: pretended plugs, a broker and a wire that can be cut, and the matrix of what ends in OFF.

Nothing of it touches a real device. ``irtherapy devices faults`` runs it on anybody's machine.
"""
