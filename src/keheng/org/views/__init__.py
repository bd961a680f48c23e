"""The organisation on pages, under 设置."""
