"""How fast it is, measured against a floor or a peer in the same run. Nothing of the product imports from here."""
