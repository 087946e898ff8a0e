"""Mistakes that are planted and clean data, for the doctor to tell apart."""
