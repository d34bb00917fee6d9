"""What differs from machine to machine: ports, places, passwords."""
