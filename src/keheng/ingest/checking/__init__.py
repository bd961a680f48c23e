"""Rows of text become typed, checked, sealed rows; what cannot is rejected with its reason."""
