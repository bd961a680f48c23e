"""The language of tier rules: conditions, metrics, definitions, what is wrong with them, their SQL and their reading.

Pure: text and values in, text and values out.
"""
