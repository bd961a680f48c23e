"""Forms of tiering: the rule editor, and choices of versions and dates."""

from keheng.tiering.forms.draft import Editor, Node, Row, read_tree

__all__ = ["Editor", "Node", "Row", "read_tree"]
