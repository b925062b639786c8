"""Measurements. Each is a ratio to a floor or a peer in the same run, so none depends on the speed of the machine."""
