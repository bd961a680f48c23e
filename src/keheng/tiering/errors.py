"""What cannot be done, said in one sentence with the choices that are open."""


class TieringError(Exception):
    """An evaluation that was asked for and cannot be made; its text is for people."""
