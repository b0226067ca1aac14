"""Commitments 信用承诺 of all four types: signed or declared, published, checked when due, kept or broken."""
